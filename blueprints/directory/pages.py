"""The blueprint that the views of `directory` register with."""

from flask import Blueprint

pages = Blueprint("directory", __name__)
