"""The blueprint that the views of `accounts` register with."""

from flask import Blueprint

pages = Blueprint("accounts", __name__)
