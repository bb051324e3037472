"""The room: a live vote for a group, served from one computer. Needs the extra `room`; nothing here loads at import."""
