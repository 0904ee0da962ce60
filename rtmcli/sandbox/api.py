"""The versions of the API that the sandbox speaks."""

from rtmcli.catalogue.versions import load

DIALECTS = ("3.0",)
API = load(DIALECTS[0])
