// A new class has the reader's own time zone, until they write another one.
const zone = document.getElementById("zone");
if (!zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
