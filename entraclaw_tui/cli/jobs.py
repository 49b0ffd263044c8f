"""The agent's launchd job, another one, or all of the domain."""

from __future__ import annotations

import click

from entraclaw_tui.cli.context import Settings, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import explain, look, outcome, print_json, print_table


@click.command()
@click.option("--all", "every", is_flag=True, help="Every job of the domain.")
@click.option("--story", is_flag=True, help="All that the panel's job pane tells of one job.")
@click.argument("label", required=False)
@json_option
@watch_option
@click.pass_obj
def jobs(
    settings: Settings,
    every: bool,
    story: bool,
    label: str | None,
    as_json: bool,
    plain: bool,
    watch: bool,
) -> int:
    """The agent's launchd job, the job LABEL, or all jobs of the domain."""
    from entraclaw_tui.macos import launchctl_words
    from entraclaw_tui.macos.jobs import read_domain, read_job
    from entraclaw_tui.macos.places import LABEL
    from entraclaw_tui.model.source import Loaded

    if every and (story or label):
        raise click.UsageError("--all goes with neither a LABEL nor --story.")
    host = open_host(settings)

    async def domain() -> int:
        source = await read_domain(host)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            rows = [
                (str(row.pid or "-"), row.status or "-", "off" if row.disabled else "", row.label)
                for row in source.value.rows
            ]
            print_table(("pid", "status", "", "label"), rows, "This domain has no jobs.")
        else:
            explain(source)
        return outcome(source)

    async def one() -> int:
        source = await read_job(host, label or LABEL)
        if as_json:
            print_json(source)
        elif isinstance(source, Loaded):
            job = source.value
            facts = {
                "label": job.label,
                "domain": job.domain,
                "state": job.state,
                "pid": str(job.pid or "-"),
                "runs": str(job.runs if job.runs is not None else "-"),
                "started": launchctl_words.why_started(job.immediate_reason),
                "last end": launchctl_words.ending(job),
                "that is": launchctl_words.how_ended(job),
                "now": launchctl_words.what_holds(job),
                "program": host.shown(job.program),
                "plist": host.shown(job.path),
            }
            rows = [(name, value) for name, value in facts.items() if value]
            print_table(("job", ""), rows, "", widest=96)
        else:
            explain(source)
        return outcome(source)

    async def whole() -> int:
        from entraclaw_tui.cli.job_story import tell

        return await tell(host, label or LABEL, as_json=as_json)

    return look(domain if every else whole if story else one, watch=watch, as_json=as_json)
