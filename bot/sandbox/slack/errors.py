"""What the workspace answers when it refuses something."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Refused(Exception):
    """A Web API error: ``{"ok": false, "error": code, **details}``.

    Attributes:
        code: Slack's name of the error, for example ``channel_not_found``.
        status: HTTP status; Slack answers nearly every error with 200.
        headers: extra response headers, for example Retry-After.
        details: further members of the body.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})
        self.details = dict(details or {})

    def body(self) -> dict[str, object]:
        """The response body."""
        return {"ok": False, "error": self.code, **self.details}


#: Codes that any method may answer with.
_COMMON = """
accesslimited access_denied account_inactive deprecated_endpoint ekm_access_denied
enterprise_is_restricted fatal_error internal_error invalid_arg_name invalid_arguments
invalid_array_arg invalid_auth invalid_charset invalid_form_data invalid_post_type method_deprecated
missing_post_type missing_scope no_permission not_allowed_token_type not_authed org_login_required
ratelimited request_timeout service_unavailable team_access_not_granted team_added_to_org
token_expired token_revoked two_factor_setup_required
"""
_CHANNEL = "channel_not_found"
_READING = f"{_CHANNEL} invalid_cursor invalid_limit method_not_supported_for_channel_type not_in_channel"
_HISTORY = f"{_READING} invalid_ts_latest invalid_ts_oldest invalid_metadata_keys"
_CONTENT = """
invalid_attachments invalid_blocks invalid_blocks_format markdown_text_conflict msg_too_long
msg_blocks_too_long no_text too_many_attachments invalid_metadata_format invalid_metadata_schema
metadata_must_be_sent_from_app metadata_too_large slack_connect_file_link_sharing_blocked
"""
_POSTING = f"""
{_CHANNEL} {_CONTENT} as_user_not_supported cannot_reply_to_message is_archived
message_limit_exceeded messages_tab_disabled not_in_channel rate_limited restricted_action
restricted_action_non_threadable_channel restricted_action_read_only_channel
restricted_action_thread_locked restricted_action_thread_only_channel
"""
_VIEW = "duplicate_external_id hash_conflict invalid_blocks not_found view_too_large"
_TRIGGER = (
    f"{_VIEW} exchanged_trigger_id expired_trigger_id invalid_trigger_id trigger_exchanged trigger_expired"
)
_REACTING = (
    "bad_timestamp channel_not_found invalid_name is_archived message_not_found not_reactable thread_locked"
)
_FILE = "file_deleted file_not_found"

#: The codes of each method beside the common ones.
_OWN = {
    "api.test": "",
    "apps.connections.open": "forbidden_team",
    "assistant.threads.setStatus": f"{_CHANNEL} invalid_thread_ts not_in_channel thread_not_found",
    "auth.test": "",
    "blocks.validate": "invalid_blocks invalid_json",
    "bots.info": "bot_not_found",
    "chat.delete": f"{_CHANNEL} cant_delete_message compliance_exports_prevent_deletion message_not_found",
    "chat.getPermalink": f"{_CHANNEL} message_not_found",
    "chat.postEphemeral": f"{_POSTING} user_not_in_channel",
    "chat.postMessage": f"""
        {_POSTING} duplicate_channel_not_found duplicate_message_not_found
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked team_not_found
        thread_not_found too_many_contact_cards
    """,
    "chat.update": f"""
        {_CHANNEL} {_CONTENT} as_user_not_supported block_mismatch cant_broadcast_message
        cant_update_message edit_window_closed external_channel_migrating file_not_found is_inactive
        message_not_found no_dual_broadcast_content_update streaming_state_conflict team_not_found
        update_failed
    """,
    "conversations.history": _HISTORY,
    "conversations.info": f"{_CHANNEL} method_not_supported_for_channel_type",
    "conversations.invite": f"""
        {_CHANNEL} already_in_channel cant_invite cant_invite_self is_archived
        method_not_supported_for_channel_type no_user not_in_channel too_many_members user_not_found
        user_is_restricted
    """,
    "conversations.join": f"""
        {_CHANNEL} is_archived method_not_supported_for_channel_type restricted_action
        user_is_restricted
    """,
    "conversations.list": "invalid_cursor invalid_limit invalid_types",
    "conversations.members": f"{_READING} fetch_members_failed",
    "conversations.open": f"""
        {_CHANNEL} invalid_user_combination method_not_supported_for_channel_type not_enough_users
        too_many_users user_disabled user_not_found user_not_visible users_list_not_supplied
    """,
    "conversations.replies": f"{_HISTORY} thread_not_found",
    "files.completeUploadExternal": f"""
        {_FILE} blocked_file_type channel_not_found channels_limit_exceeded file_update_failed
        invalid_channel malware_detected not_in_channel posting_to_channel_denied
        posting_to_general_channel_denied
    """,
    "files.delete": f"{_FILE} cant_delete_file",
    "files.getUploadURLExternal": """
        alt_txt_too_large blocked_file_type file_upload_size_restricted file_uploads_disabled
        file_uploads_except_images_disabled missing_argument snippet_too_large storage_limit_reached
        unknown_snippet_type unknown_subtype
    """,
    "files.info": f"{_FILE} slack_connect_file_upload_sharing_blocked",
    "files.list": "channel_not_found unknown_type user_not_found",
    "reactions.add": f"{_REACTING} already_reacted no_item_specified too_many_emoji too_many_reactions",
    "reactions.remove": f"{_REACTING} no_item_specified no_reaction",
    "team.info": "team_not_found",
    "users.conversations": "invalid_cursor invalid_limit invalid_types",
    "users.info": "user_not_found user_not_visible",
    "users.list": "invalid_cursor invalid_limit limit_required",
    "users.lookupByEmail": "users_not_found",
    "views.open": _TRIGGER,
    "views.publish": f"{_VIEW} not_enabled user_not_found",
    "views.push": f"{_TRIGGER} push_limit_reached",
    "views.update": _VIEW,
}

#: What a served method may answer with, for tests that try every code; Slack adds some without telling.
#: Source: the "Errors" of each page below https://docs.slack.dev/reference/methods
ERRORS: Mapping[str, frozenset[str]] = MappingProxyType(
    {method: frozenset(f"{_COMMON} {own}".split()) for method, own in _OWN.items()}
)
