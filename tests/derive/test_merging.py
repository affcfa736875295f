"""Several readings of one operation: what the main one leaves open is filled, and what disagrees is told."""

from __future__ import annotations

from dataclasses import replace

from docpact.derive.choosing import choose
from docpact.derive.claims import Draft, Entry, Field, Operation, Reading, TypeClaim
from docpact.derive.merging import merge

FETCH = Operation("GET", "/orders/{id}")


def reading(*fields: Field, operation: Operation = FETCH) -> Reading:
    return Reading("a style", "en", operation, fields)


def field(path: str, line: int, claim: TypeClaim | None = None, **said: object) -> Field:
    lines = dict.fromkeys(("member", "type", *(key for key in said if key in ("required", "enum"))), (line, line))
    if said.get("text"):
        lines["description"] = (line, line)
    return replace(Field(path, claim or TypeClaim(None), lines), **said)  # type: ignore[arg-type]


def test_what_is_open_is_filled_with_its_lines_and_what_is_said_stays() -> None:
    main = reading(field("/id", 1, TypeClaim("string")), field("/state", 2, required=False))
    other = reading(
        field("/id", 11, TypeClaim("string", "uuid"), required=True, text="the order"),
        field("/state", 12, TypeClaim("string"), enum=("OPEN", "CLOSED")),
    )
    merged = merge(main, [other])
    one, two = merged.fields
    assert (one.claim, one.required, one.text) == (TypeClaim("string", "uuid"), True, "the order")
    assert one.lines == {"member": (1, 1), "type": (1, 1), "required": (11, 11), "description": (11, 11)}
    assert (two.claim.type, two.required, two.enum) == ("string", False, ("OPEN", "CLOSED"))
    assert two.lines["type"] == two.lines["enum"] == (12, 12)
    assert merged.notes == ()


def test_a_member_that_only_the_other_reading_has_is_not_invented() -> None:
    merged = merge(reading(field("/id", 1)), [reading(field("/id", 5), field("/menu", 6, TypeClaim("string")))])
    assert [one.path for one in merged.fields] == ["/id"]


def test_where_readings_disagree_the_first_is_taken_and_both_lines_are_told() -> None:
    main = reading(field("/id", 1, TypeClaim("string"), required=True), field("/state", 2, enum=("A", "B")))
    other = reading(field("/id", 11, TypeClaim("integer"), required=False), field("/state", 12, enum=("B", "A", "C")))
    merged = merge(main, [other])
    assert merged.fields[0].claim.type == "string"
    assert [(note.kind, note.about, note.message) for note in merged.notes] == [
        ("contradiction", "/id", "/id: string in line 1, integer in line 11; the first is taken"),
        ("contradiction", "/id", "/id: required in line 1, optional in line 11; the first is taken"),
        ("contradiction", "/state", "/state: the values A, B in line 2, the values B, A, C in line 12; the first is taken"),
    ]


def test_values_in_another_order_are_no_contradiction() -> None:
    assert merge(reading(field("/s", 1, enum=("A", "B"))), [reading(field("/s", 2, enum=("B", "A")))]).notes == ()


def test_of_the_request_too_only_what_is_open_is_filled() -> None:
    main = reading(operation=replace(FETCH, title="Fetch"))
    other = reading(operation=replace(FETCH, title="Other", auth="bearer", server="https://x.example"))
    said = merge(main, [other]).operation
    assert (said.title, said.auth, said.server) == ("Fetch", "bearer", "https://x.example")


def draft(method: str, path: str, members: int, *, inferred: bool = False) -> Draft:
    entries = tuple(Entry(f"m{n}", TypeClaim("string"), {"member": (n, n)}) for n in range(members))
    return Draft("a style", "en", Operation(method, path), entries, inferred=inferred)


def test_what_a_page_lists_goes_before_what_its_example_shows_however_much_that_is() -> None:
    shown, listed = draft("GET", "/orders/{id}", 9, inferred=True), draft("GET", "/orders/7654321", 2)
    assert choose([shown, listed])[0] is listed


def test_a_draft_without_a_request_belongs_to_the_only_operation_there_is() -> None:
    named, nameless = draft("GET", "/orders", 1), draft("", "", 4)
    main, other = choose([named, nameless])
    assert other is named
    assert main.entries == nameless.entries
    assert (main.operation.method, main.operation.path) == ("GET", "/orders")
