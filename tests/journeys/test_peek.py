import pytest
from tests.journeys.stations import *
pytestmark = pytest.mark.journey
@pytest.mark.parametrize("who", ["de","ar","uk","en","staff"])
def test_peek(new_device, app, clock, who):
    county = county_at_work(clock)
    d = new_device(reduced_motion="reduce")
    walk = staff_pages(d, app, county) if who=="staff" else public_pages(d, app, county, who)
    for i,name in enumerate(walk):
        for w,h in ((360,740),(1280,800)):
            for scheme in ("light","dark"):
                if scheme=="dark" and w==1280 and who!="staff": continue
                if who in("uk","en") and (scheme=="dark" or w==1280): continue
                d.page.set_viewport_size({"width":w,"height":h})
                d.page.emulate_media(color_scheme=scheme)
                d.page.screenshot(path=f"/tmp/work/shots/{who}-{i:02}-{name.replace('/','_').replace(' ','_')}-{w}-{scheme}.png", full_page=True)
    print(d.complaints)
