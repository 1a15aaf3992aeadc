"""Beginnings of projects for common jobs: one file each, with a config, a sample to try it on, and an answer to it."""

from __future__ import annotations

from recension.crowd.templates.catalogue import GROUPS, Template, picture, template_named, templates

__all__ = ["GROUPS", "Template", "picture", "template_named", "templates"]
