"""HTTP as both ends of the line need it: where we may connect (`guard`), what an answer's headers say of time and
sameness (`headers`), and why a request failed, in words (`reasons`)."""
