"""files.*: the three steps of an upload, and what became of it.

Sources: https://docs.slack.dev/messaging/working-with-files, https://docs.slack.dev/reference/methods/files.info
"""

from __future__ import annotations

from collections.abc import Mapping

from . import payloads, wire
from .call import Call, Handler, page
from .errors import Refused
from .model import Channel, File, FileCompleted, Message

ALT_TEXT_CHARACTERS = 1_000
SNIPPET_BYTES = 1_000_000
CHANNELS = 100

#: The kinds of snippet that a data question may need; Slack's own list is longer.
SNIPPET_TYPES = frozenset(
    "text csv tsv json javascript markdown python shell sql typescript xml yaml".split()  # noqa: SIM905 - readable
)


def routes() -> Mapping[str, Handler]:
    """The methods of this family."""
    return {
        "files.completeUploadExternal": complete,
        "files.delete": delete,
        "files.getUploadURLExternal": get_upload_url,
        "files.info": info,
        "files.list": list_all,
    }


def get_upload_url(call: Call) -> Mapping[str, object]:
    """files.getUploadURLExternal: the first step."""
    workspace = call.workspace
    name = call.args.required("filename")
    length = call.args.number("length", 0, low=0, high=1 << 30)
    snippet_type = call.args.text("snippet_type")
    alt_text = call.args.text("alt_txt")
    if length == 0:
        raise Refused("missing_argument")
    if snippet_type and snippet_type not in SNIPPET_TYPES:
        raise Refused("unknown_snippet_type")
    if snippet_type and length > SNIPPET_BYTES:
        raise Refused("snippet_too_large")
    if len(alt_text) > ALT_TEXT_CHARACTERS:
        raise Refused("alt_txt_too_large")
    file = File(
        id=workspace.ids.make("F"),
        name=name,
        title=name,
        length=length,
        owner=call.actor.user.id,
        upload_secret=workspace.ids.secret(),
        alt_text=alt_text,
        snippet_type=snippet_type,
        created=int(workspace.clock.now()),
    )
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.base_url}/upload/{file.upload_secret}", "file_id": file.id}


def complete(call: Call) -> Mapping[str, object]:
    """files.completeUploadExternal: the third step, once for each file; without a channel they stay private.

    Sharing in channels is done before the answer; Slack does it some time after, with ``shares`` empty until
    then, and so does ``files.info`` here while a file is not usable.
    """
    workspace = call.workspace
    wanted = [(_uploaded(call, entry), entry) for entry in _entries(call)]
    channels = _channels(call)
    for file, entry in wanted:
        file.title = wire.text(entry, "title") or file.name
        file.complete = True
        file.usable_at = _usable_at(call)
        workspace.emit(FileCompleted(file))
    files = tuple(file for file, _ in wanted)
    for channel in channels:
        workspace.post(_share(call, channel, files))
    return {"files": [payloads.file(workspace, file) for file in files]}


def info(call: Call) -> Mapping[str, object]:
    """files.info: type and shares are empty until Slack has processed the file."""
    file = _visible(call)
    answer: dict[str, object] = {"file": payloads.file(call.workspace, file)}
    if file.snippet_type and call.workspace.is_usable(file):
        answer["content"] = file.data.decode("utf-8", errors="replace")
    return answer


def list_all(call: Call) -> Mapping[str, object]:
    """files.list: the files that the caller may see, newest first."""
    workspace = call.workspace
    owner, channel = call.args.text("user"), call.args.text("channel")
    files = [
        file
        for file in reversed(workspace.files.values())
        if file.complete
        and workspace.can_open(call.actor.user.id, file)
        and (not owner or file.owner == owner)
        and (not channel or any(place == channel for place, _ in file.shown_in))
    ]
    items, _ = page(call, files, default=100, high=1000)
    return {
        "files": [payloads.file(workspace, file) for file in items],
        "paging": {"count": len(items), "total": len(files), "page": 1, "pages": 1},
    }


def delete(call: Call) -> Mapping[str, object]:
    """files.delete: one's own files."""
    file = _visible(call)
    if file.owner != call.actor.user.id:
        raise Refused("cant_delete_file")
    call.workspace.remove_file(file)
    return {}


def _entries(call: Call) -> tuple[wire.JsonObject, ...]:
    value = call.args.json("files", error="invalid_arguments")
    entries = tuple(item for item in value if wire.is_object(item)) if wire.is_array(value) else ()
    if not entries:
        raise Refused("invalid_arguments")
    return entries


def _uploaded(call: Call, entry: wire.JsonObject) -> File:
    """The file of one entry, if its bytes are there and it was not completed before."""
    file = call.workspace.files.get(wire.text(entry, "id"))
    if file is None or file.owner != call.actor.user.id or not file.data or file.complete:
        raise Refused("file_not_found")
    return file


def _usable_at(call: Call) -> float | None:
    workspace = call.workspace
    if workspace.faults.uploads_never_visible:
        return None
    return workspace.clock.now() + workspace.options.file_visibility_delay


def _channels(call: Call) -> list[Channel]:
    names = call.args.names("channels")
    if len(names) > CHANNELS:
        raise Refused("channels_limit_exceeded")
    if call.args.has("channel_id") and call.args.text("channel_id"):
        return [call.writable("channel_id")]
    channels = []
    for name in names:
        place = call.workspace.channel(name)
        if place is None or not call.workspace.can_see(call.actor.user.id, place):
            raise Refused("channel_not_found")
        if call.actor.user.id not in place.members:
            raise Refused("not_in_channel")
        channels.append(place)
    return channels


def _share(call: Call, channel: Channel, files: tuple[File, ...]) -> Message:
    workspace = call.workspace
    thread_ts = call.args.text("thread_ts")
    return Message(
        channel=channel.id,
        ts=workspace.ids.ts(),
        user=call.actor.user.id,
        bot_id=call.actor.user.bot_id,
        text=call.args.text("initial_comment"),
        file_ids=tuple(file.id for file in files),
        thread_ts=workspace.root_ts(channel.id, thread_ts) if thread_ts else "",
    )


def _visible(call: Call) -> File:
    file = call.workspace.files.get(call.args.required("file"))
    if file is None or not file.complete or not call.workspace.can_open(call.actor.user.id, file):
        raise Refused("file_not_found")
    return file
