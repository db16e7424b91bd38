"""Install a county pack: new rows are added, untouched rows follow the pack, what staff changed stays as it is.

Beside each row a digest of what the pack last wrote is kept. A row whose content has another digest was changed by
somebody; the pack leaves it alone and says so. A service with its places, contacts and translations counts as one row.
Texts and demarcations are never changed: another wording is a new version.
"""

from portal.domain.county.installing import Installed, install, install_invented, installed_key

__all__ = ["Installed", "install", "install_invented", "installed_key"]
