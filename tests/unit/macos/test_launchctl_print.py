"""The tree of `launchctl print`: what breaks parsers of it, and trees that come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.launchctl_print import Block, parse


def only(text: str) -> Block:
    blocks = list(parse(text).blocks())
    assert len(blocks) == 1
    return blocks[0]


def test_depth_decides_and_nested_names_stay_nested() -> None:
    job = only(
        "gui/501/com.example.a = {\n"
        "\tstate = running\n"
        "\n"
        "\tresource coalition = {\n"
        "\t\tstate = active\n"
        "\t\tname = com.example.a\n"
        "\t}\n"
        "\tpid = 7\n"
        "}\n"
    )
    assert list(job.scalars()) == [("state", "running"), ("pid", "7")]
    coalition = job.block("resource coalition")
    assert coalition is not None
    assert list(coalition.scalars()) == [("state", "active"), ("name", "com.example.a")]
    assert job.ended


def test_arguments_may_look_like_anything() -> None:
    job = only(
        "gui/501/x = {\n"
        "\targuments = {\n"
        "\t\t/bin/sh\n"
        "\t\t}\n"
        "\t\t{\n"
        "\t\tpid = 99\n"
        "\t\tenvironment = {\n"
        "\t\t\n"
        "\t}\n"
        "\truns = 1\n"
        "}\n"
    )
    arguments = job.block("arguments")
    assert arguments is not None
    assert arguments.lines() == ["/bin/sh", "}", "{", "pid = 99", "environment = {", ""]
    assert list(job.scalars()) == [("runs", "1")]


def test_an_argument_of_several_lines_stays_one() -> None:
    job = only(
        "gui/501/x = {\n"
        "\targuments = {\n"
        "\t\tsh\n"
        "\t\t-c\n"
        "\t\tif true; then\n"
        "\techo one\n"
        "fi\n"
        "\n"
        "echo }\n"
        "\t\tlast\n"
        "\t}\n"
        "\n"
        "\truns = 1\n"
        "}\n"
    )
    arguments = job.block("arguments")
    assert arguments is not None
    assert arguments.lines() == [
        "sh",
        "-c",
        "if true; then\n\techo one\nfi\n\necho }",
        "last",
    ]
    assert list(job.scalars()) == [("runs", "1")]


def test_an_argument_that_ends_its_block_gets_no_say_above() -> None:
    job = only(
        "gui/501/x = {\n"
        "\tstate = not running\n"
        "\targuments = {\n"
        "\t\tsh\n"
        "\t\tx\n"
        "\t}\n"
        "\n"
        "\truns = 3\n"
        "\tpid = 4711\n"
        "\t}\n"
        "\n"
        "\truns = 2\n"
        "}\n"
    )
    assert list(job.scalars()) == [("state", "not running"), ("runs", "2")]
    arguments = job.block("arguments")
    assert arguments is not None
    assert "pid = 4711" in arguments.lines()


def test_environment_splits_at_the_first_arrow_and_keeps_line_breaks() -> None:
    job = only(
        "gui/501/x = {\n"
        "\tenvironment = {\n"
        "\t\tTRICK => a => b\n"
        "\t\tPRODUCT_INFO_FILTER_DISABLE => \n"
        "\t\tEQUALS => x = {\n"
        "\t\tLONG => one\n"
        "two\n"
        "\t\tthree\n"
        "\t}\n"
        "}\n"
    )
    environment = job.block("environment")
    assert environment is not None
    assert list(environment.pairs()) == [
        ("TRICK", "a => b"),
        ("PRODUCT_INFO_FILTER_DISABLE", ""),
        ("EQUALS", "x = {"),
        ("LONG", "one\ntwo\n\t\tthree"),
    ]


def test_misprinted_values_do_not_shift_what_follows() -> None:
    """XPC values that cannot be printed swallow their line break, and even a closing brace."""
    job = only(
        "system/x = {\n"
        "\tevent triggers = {\n"
        "\t\tone => {\n"
        "\t\t\tdescriptor = {\n"
        '\t\t\t\t"graphData" => \t\t\t\t"client" => "x"\n'
        '\t\t\t\t"e_proc_uuid" => \t\t\t\t}\n'
        "\t\t}\n"
        "\t\ttwo => {\n"
        "\t\t\tstate = active\n"
        "\t\t}\n"
        "\t}\n"
        "\n"
        "\tproperties = \n"
        "}\n"
    )
    triggers = job.block("event triggers")
    assert triggers is not None
    assert [inner.name for inner in triggers.blocks()] == ["one", "two"]
    assert all(inner.ended for inner in triggers.blocks())
    assert list(job.scalars()) == [("properties", "")]
    assert job.ended


def test_arrays_and_quoted_names() -> None:
    job = only(
        "gui/501/x = {\n"
        "\tdescriptor = {\n"
        '\t\t"WatchPaths" => [\n'
        '\t\t\t0 = "/a = b/"\n'
        "\t\t]\n"
        "\t}\n"
        "}\n"
    )
    descriptor = job.block("descriptor")
    assert descriptor is not None
    paths = descriptor.block("WatchPaths")
    assert paths is not None
    assert list(paths.scalars()) == [("0", '"/a = b/"')]


def test_a_value_that_ends_like_an_opener_opens_nothing() -> None:
    job = only("gui/501/x = {\n\tworking directory = /odd = {\n\truns = 2\n}\n")
    assert list(job.scalars()) == [("working directory", "/odd = {"), ("runs", "2")]


def test_empty_blocks() -> None:
    job = only("user/501 = {\n\tservices = {\n\t}\n\n\tendpoints = {\n\t}\n}\n")
    assert [inner.name for inner in job.blocks()] == ["services", "endpoints"]
    assert all(not inner.items and inner.ended for inner in job.blocks())


def test_a_cut_says_what_is_unknown() -> None:
    whole = "gui/501 = {\n\tservices = {\n\t\t  1 - \ta\n\t}\n\tendpoints = {\n\t\t0x1 M A b\n"
    tree = parse(whole)
    assert not tree.ended
    domain = next(tree.blocks())
    services, endpoints = domain.blocks()
    assert (domain.ended, services.ended, endpoints.ended) == (False, True, False)


def test_half_a_line_is_no_line() -> None:
    job = only("gui/501/x = {\n\truns = 1\n\tpid = 12")
    assert list(job.scalars()) == [("runs", "1")]
    assert not job.ended


def test_what_is_no_output_of_launchctl() -> None:
    for text in ("", "\n", "<eof>", "<eof>\n", "}", "}\n}\n\t}\n", "\x1b[2J\n", "= {\n"):
        parse(text)


# --- Trees that are printed come back -----------------------------------------------------------

WORDS = st.from_regex(r"[a-z][a-z0-9 (),./-]{0,20}[a-z0-9]", fullmatch=True)
VALUES = st.from_regex(r"[ -~]{1,30}", fullmatch=True).filter(
    lambda text: text.strip() and text.strip() not in "{[("  # that would open a block
)
RAW = st.text(st.characters(exclude_characters="\n\t\r", codec="utf-8"), max_size=20)

Node = tuple[str, list["str | Node"]]

SCALARS = st.tuples(WORDS, VALUES).map(" = ".join)
TREES: st.SearchStrategy[list[str | Node]] = st.recursive(
    st.lists(SCALARS, max_size=4),
    lambda inner: st.lists(st.one_of(SCALARS, st.tuples(WORDS, inner)), max_size=4),
    max_leaves=12,
)


def printed(items: list[str | Node], depth: int) -> list[str]:
    indent = "\t" * depth
    lines = []
    for item in items:
        if isinstance(item, str):
            lines.append(indent + item)
        else:
            lines += [f"{indent}{item[0]} = {{", *printed(item[1], depth + 1), indent + "}", ""]
    return lines


def read_back(block: Block) -> list[str | Node]:
    return [item if isinstance(item, str) else (item.name, read_back(item)) for item in block.items]


@given(TREES)
def test_what_is_printed_comes_back(items: list[str | Node]) -> None:
    text = "\n".join(["gui/501/x = {", *printed(items, 1), "}", ""])
    assert read_back(only(text)) == items


@given(st.lists(RAW, max_size=6), st.integers(1, 9999))
def test_any_arguments_come_back(arguments: list[str], runs: int) -> None:
    lines = ["gui/501/x = {", "\targuments = {", *("\t\t" + a for a in arguments), "\t}", ""]
    job = only("\n".join([*lines, f"\truns = {runs}", "}", ""]))
    block = job.block("arguments")
    assert block is not None
    assert block.lines() == arguments
    assert list(job.scalars()) == [("runs", str(runs))]


PIECES = ("\t", "\t\t", "\n", "}", "]", "x = {", "\targuments = {\n", " => ", " = ", "[", "\0", "a")


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_text_breaks_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    tree = parse(text)
    for line in all_lines(tree):
        # A block that was taken back into a raw one gives its name as a line.
        assert line.removeprefix("\t") in text or line == ""


def all_lines(block: Block) -> list[str]:
    inner = [line for part in block.blocks() for line in all_lines(part)]
    return [*block.lines(), *inner]
