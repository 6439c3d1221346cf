"""Printed schemas: the text that is kept of a schema, the same however it was written.

One file a language, each with `printed(text, normalize=...)`: Avro as Java's library prints it, JSON Schema without
spaces, Protobuf as a .proto text even where a serialized descriptor was given. The normal form also puts in order what
has no order.
"""
