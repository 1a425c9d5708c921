"""From a due feed to items: when to ask (`schedule`), how the feed is doing (`health`), the asking (`fetch`),
reading the answer (`parse`, in worker processes), which item is which (`identity`), and what its desk says of it
(`wire`)."""
