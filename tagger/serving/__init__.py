"""Taggers over HTTP: an API in JSON, a page to try them, and the protocols of label tools."""
