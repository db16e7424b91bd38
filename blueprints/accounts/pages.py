"""The blueprint that the views of `accounts` register with."""

from flask import Blueprint

pages = Blueprint("accounts", __name__)

ID = "int(max=2147483647)"
"""A row's number in an address; larger ones are no page, before a database has to refuse them."""
