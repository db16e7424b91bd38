"""The blueprint that the views of `wayfinder` register with."""

from flask import Blueprint

pages = Blueprint("wayfinder", __name__)
