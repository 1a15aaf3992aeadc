"""Pipelines: spec, datums, jobs, memo, engines."""
