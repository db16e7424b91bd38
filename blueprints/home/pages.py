"""The blueprint that the views of `home` register with."""

from flask import Blueprint

pages = Blueprint("home", __name__)
