"""Pipelines: their specification, datums, keys and memo, jobs, triggers and engines.

The room knows steps, not what is in them. A step of code writes a repo; whatever else writes one (people, a client)
is upstream or downstream of it by commits alone.
"""

from recension.flow.control import delete_pipeline, pause_pipeline, resume_pipeline
from recension.flow.creation import Created, create_pipeline
from recension.flow.host import Host
from recension.flow.job_rows import InputCommit, Job, job, jobs, jobs_of_global_id, runnable, unfinished
from recension.flow.loop import drain, plan_events
from recension.flow.pipeline_rows import SPECS, Pipeline, owned_repos, pipeline, pipelines
from recension.flow.planning import JobId, on_ref, plan_run
from recension.flow.python_step import Bundle, bundle, pipeline_from_module
from recension.flow.reading_logs import LogPage, log_page, logs
from recension.flow.reasons import DatumRow, Reason, datums_run, explain
from recension.flow.retention import forget_old
from recension.flow.running import cancel_job, run_job
from recension.flow.schema import MIGRATIONS
from recension.flow.spec import Spec, leaves
from recension.flow.spec_reader import read_spec
from recension.flow.states import JobState

__all__ = [
    "MIGRATIONS",
    "SPECS",
    "Bundle",
    "Created",
    "DatumRow",
    "Host",
    "InputCommit",
    "Job",
    "JobId",
    "JobState",
    "LogPage",
    "Pipeline",
    "Reason",
    "Spec",
    "bundle",
    "cancel_job",
    "create_pipeline",
    "datums_run",
    "delete_pipeline",
    "drain",
    "explain",
    "forget_old",
    "job",
    "jobs",
    "jobs_of_global_id",
    "leaves",
    "log_page",
    "logs",
    "on_ref",
    "owned_repos",
    "pause_pipeline",
    "pipeline",
    "pipeline_from_module",
    "pipelines",
    "plan_events",
    "plan_run",
    "read_spec",
    "resume_pipeline",
    "run_job",
    "runnable",
    "unfinished",
]
