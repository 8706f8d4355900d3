# Formats as strings and as bytes under -bb: compiled formats are kept apart.
$KRAIT -bb -c 'import struct
print(struct.calcsize(b"!d"), struct.calcsize("!d"), struct.calcsize(">d"), struct.calcsize(b">d"), struct.Struct(b"i").format, struct.Struct("i").size)'
