"""The Indigo.ai client: GraphQL over HTTP, pages, exports, bulk runs."""
