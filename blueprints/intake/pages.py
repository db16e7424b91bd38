"""The blueprint that the views of `intake` register with."""

from flask import Blueprint

pages = Blueprint("intake", __name__)
