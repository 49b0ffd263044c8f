"""Plans: from what is there to what a person asked for. Pure functions, no I/O."""

from __future__ import annotations

import msgspec

from entraclaw_tui.macos import agent_recipes as recipes
from entraclaw_tui.macos.agent_changes import code_changed, difference
from entraclaw_tui.macos.agent_seen import DefinitionFile, Seen
from entraclaw_tui.macos.agent_steps import Kind, Plan, Step, Verb
from entraclaw_tui.macos.job_compare import outdated
from entraclaw_tui.model.job import Job

STOPPING = frozenset({"SIGTERMed", "SIGKILLed", "languishing"})
"""launchd's words for a process that was told to end."""

_INSTALL = "Write it anew with `entraclaw-tui agent install`."
_RUNS = "The agent runs."


def install(
    seen: Seen,
    wanted: dict[str, object],
    python: str,
    *,
    record: str | None = None,
    changed: str = "",
) -> Plan:
    """Write the definition where it differs, then let launchd run exactly that.

    `record` is where to write down which program it is, None where that is written already;
    `changed` says how the program is another than the one written down.
    """
    same = seen.file.job == wanted
    write = () if same and not seen.file.trouble else (_write(seen, wanted),)
    if record is not None:
        write = (*write, recipes.record(record))
    after = msgspec.structs.replace(seen, file=_as_written(seen, wanted))
    why = _reload_reason(after) or ("" if same else "launchd reads a definition only on loading.")
    why = why or changed
    if _moves(seen):
        why = f"It is loaded elsewhere, and belongs into {seen.domain}."
    if seen.jobs and why:
        plan = _plan(seen, Verb.INSTALL, _reload(seen, why), _RUNS)
    else:
        plan = _start(after, Verb.INSTALL)
    return msgspec.structs.replace(
        plan,
        steps=(*write, *plan.steps),
        sentence="The agent is installed and runs."
        if write or plan.steps
        else "The agent is installed and runs already, from this definition.",
        warning="",
        hint="",
        python=python,
        desktop=seen.desktop,
    )


def start(seen: Seen) -> Plan:
    """Let launchd load and run the job, and do so at every login."""
    return _refusal(seen, Verb.START) or _start(seen, Verb.START)


def restart(seen: Seen) -> Plan:
    """Run a new process; a changed definition is loaded anew, which a kickstart would not do."""
    refused = _refusal(seen, Verb.RESTART)
    if refused:
        return refused
    if not _one_job(seen):
        return _start(seen, Verb.RESTART)
    job = seen.jobs[0]
    why = _stopping_reason(job) or _reload_reason(seen)
    if why:
        sentence = "The agent runs anew, from its definition file."
        return _plan(seen, Verb.RESTART, _reload(seen, why), sentence)
    steps = (*_enabled(seen), *recipes.kickstart(job, kill=job.alive))
    return _plan(seen, Verb.RESTART, steps, "The agent runs anew.")


def stop(seen: Seen) -> Plan:
    """End the job and keep it from coming back, also at the next login."""
    if not seen.jobs and not seen.file.there:
        return _plan(seen, Verb.STOP, (), "The agent is not installed; there is nothing to stop.")
    why = "The job ends, and launchd does not start it again."
    steps = (
        *(recipes.bootout(job, why) for job in seen.jobs),
        # Before the wait: an interrupted stop stays a stop.
        *(() if seen.override else (recipes.disable(seen.domain),)),
        *(recipes.gone(job) for job in seen.jobs),
    )
    if not steps:
        return _plan(seen, Verb.STOP, (), "The agent is stopped already, and stays so.")
    steps = (*steps, recipes.override(seen.domain, disabled=True))
    sentence = "The agent is stopped, and stays so until `entraclaw-tui agent start`."
    return _plan(seen, Verb.STOP, steps, sentence)


def enable(seen: Seen) -> Plan:
    """Take the override away that keeps launchd from loading the job. Starts nothing."""
    now = (
        "It runs now."
        if any(job.alive for job in seen.jobs)
        else "It does not run now; `entraclaw-tui agent start` starts it."
    )
    if not seen.override:
        return _plan(seen, Verb.ENABLE, (), f"The agent is not disabled. {now}")
    why = "launchd does not load a disabled label."
    steps = (recipes.enable(seen.domain, why), recipes.override(seen.domain, disabled=False))
    return _plan(seen, Verb.ENABLE, steps, f"The agent is enabled. {now}")


def disable(seen: Seen) -> Plan:
    """Keep launchd from loading the job from now on. Ends nothing."""
    now = (
        "It still runs, until the next logout; `entraclaw-tui agent stop` ends it."
        if any(job.alive for job in seen.jobs)
        else "It does not run."
    )
    if seen.override:
        return _plan(seen, Verb.DISABLE, (), f"The agent is disabled already. {now}")
    steps = (recipes.disable(seen.domain), recipes.override(seen.domain, disabled=True))
    return _plan(seen, Verb.DISABLE, steps, f"The agent is disabled. {now}")


def uninstall(
    seen: Seen,
    *,
    items: tuple[str, ...] | None = None,
    keychain: str = "",
    folder: str | None = None,
) -> Plan:
    """Take the job out and its definition away.

    `items` are accounts of Keychain items to delete, `folder` our settings ("" where there are
    none); None lets them stay.
    """
    steps = list(recipes.unload(seen.jobs, "The job ends before its definition goes."))
    if seen.file.there:
        steps.append(
            Step(
                Kind.REMOVE,
                "Remove the job's definition",
                "Without it no login loads the job. `entraclaw-tui agent install` writes it again.",
                path=seen.file.path,
            )
        )
    if seen.override:
        why = "A disabled label would keep a later installation from starting."
        steps += [
            recipes.enable(seen.domain, why),
            recipes.override(seen.domain, disabled=False),
        ]
    steps += [recipes.delete_item(account, keychain) for account in items or ()]
    if folder:
        steps.append(
            Step(
                Kind.DELETE_FOLDER,
                "Delete settings, grants, audit and logs",
                "You asked for the agent's files to go. This cannot be undone.",
                reversible=False,
                path=folder,
            )
        )
    kept = [
        word for word, away in (("settings", folder), ("Keychain items", items)) if away is None
    ]
    stays = f" Its {' and '.join(kept)} stay." if kept else ""
    done = "The agent is uninstalled." if steps else "The agent is not installed."
    return _plan(seen, Verb.UNINSTALL, tuple(steps), done + stays)


def domain_words(domain: str) -> str:
    """Return what a domain is, for a person."""
    if domain.startswith("gui/"):
        return "your desktop login"
    return "your account without a desktop: nobody is logged in at the screen"


def _start(seen: Seen, verb: Verb) -> Plan:
    if not seen.jobs:
        return _plan(seen, verb, recipes.load(seen.domain, seen.file.path), _RUNS)
    job = next((job for job in seen.jobs if job.alive), seen.jobs[0])
    # One that is being stopped is in nobody's way only once it is gone.
    why = _stopping_reason(job) or ("" if job.alive else _reload_reason(seen))
    if why or not _one_job(seen):
        why = why or "It is loaded in two domains; it belongs in one."
        return _plan(seen, verb, _reload(seen, why), _RUNS)
    if not job.alive:
        steps = (*_enabled(seen), *recipes.kickstart(job, kill=False))
        return _plan(seen, verb, steps, _RUNS)
    runs = f"The agent runs already: pid {job.pid} in {job.domain}."
    stale = _reload_reason(seen)
    plan = _plan(seen, verb, _enabled(seen), runs)
    if not stale:
        return plan
    hint = "`entraclaw-tui agent restart` loads the new one."
    return msgspec.structs.replace(plan, warning=stale, hint=hint)


def _reload(seen: Seen, why: str) -> tuple[Step, ...]:
    return (*recipes.unload(seen.jobs, why), *recipes.load(seen.domain, seen.file.path))


def _enabled(seen: Seen) -> tuple[Step, ...]:
    if not seen.override:
        return ()
    why = "It is disabled: the next login would not load it."
    return (recipes.enable(seen.domain, why), recipes.override(seen.domain, disabled=False))


def _refusal(seen: Seen, verb: Verb) -> Plan | None:
    """Return the plan that says why there is none, where launchd would refuse the definition."""
    if not seen.file.there:
        why = "The agent is not installed: its job has no definition."
        return _refused(seen, verb, why, "Install it with `entraclaw-tui agent install`.")
    if seen.file.trouble:
        why = f"launchd would not accept the job's definition: {seen.file.trouble}."
        return _refused(seen, verb, why, _INSTALL)
    session = "Aqua" if seen.desktop else "Background"
    if session not in seen.file.sessions:
        why = f"The job's definition does not let it run here: {domain_words(seen.domain)}."
        return _refused(seen, verb, why, _INSTALL)
    return None


def _stopping_reason(job: Job) -> str:
    if job.state not in STOPPING:
        return ""
    return "It is just being stopped, and can be loaded again once it is gone."


def _reload_reason(seen: Seen) -> str:
    """Return why launchd must read the definition again, empty where it need not."""
    keys = [key for job in seen.jobs for key in outdated(job, seen.file.job or {})]
    if keys:
        return f"launchd still has another definition ({', '.join(dict.fromkeys(keys))})."
    if seen.file_is_newer:
        return "The definition was written after the job had started."
    if any(code_changed(job) for job in seen.jobs):
        return "The program's code changed since launchd loaded it."
    return ""


def _moves(seen: Seen) -> bool:
    """Whether the job is loaded elsewhere than where it belongs."""
    return any(job.domain != seen.domain for job in seen.jobs)


def _one_job(seen: Seen) -> bool:
    return len(seen.jobs) == 1


def _as_written(seen: Seen, wanted: dict[str, object]) -> DefinitionFile:
    return msgspec.structs.replace(seen.file, there=True, job=wanted, trouble="")


def _write(seen: Seen, wanted: dict[str, object]) -> Step:
    return Step(
        Kind.WRITE,
        "Write the job's definition" if not seen.file.there else "Replace the job's definition",
        "launchd reads it now and at every login.",
        path=seen.file.path,
        difference=difference(seen.file.job, wanted),
    )


def _plan(seen: Seen, verb: Verb, steps: tuple[Step, ...], sentence: str) -> Plan:
    words = domain_words(seen.domain)
    return Plan(verb, seen.domain, words, steps, sentence, seen.looked, desktop=seen.desktop)


def _refused(seen: Seen, verb: Verb, why: str, hint: str) -> Plan:
    plan = _plan(seen, verb, (), "")
    return msgspec.structs.replace(plan, refused=why, hint=hint)
