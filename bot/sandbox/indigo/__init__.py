"""A local Indigo platform: its GraphQL API over chats that are made up as they are asked for."""
