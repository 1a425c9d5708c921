"""From a due feed to items: when to ask (`schedule`), how the feed is doing (`health`), the asking (`fetch`),
reading the answer (`parse`, in worker processes; `document` has the formats), which item is which (`identity`), what
its desk says of it (`wire`), the text of its page (`fulltext`), and hubs that tell of news (`websub`)."""
