// Makes a function of a wasm file trap.

/** The file with the body of one exported function replaced by `unreachable`. */
export function trapping(bytes, exportName) {
  const sections = [];
  const reader = { bytes, at: 8 };
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++];
    const size = unsigned(reader);
    sections.push({ id, body: bytes.subarray(reader.at, reader.at + size) });
    reader.at += size;
  }
  const imports = sections.find(({ id }) => id === 2);
  const imported = imports ? countImportedFunctions(imports.body) : 0;
  const index = exportedFunction(sections.find(({ id }) => id === 7).body, exportName) - imported;
  const code = sections.find(({ id }) => id === 10);
  code.body = replaceBody(code.body, index, [0x00, 0x00, 0x0b]); // No locals, unreachable, end.
  return Buffer.concat([
    bytes.subarray(0, 8),
    ...sections.flatMap(({ id, body }) => [Buffer.from([id, ...leb128(body.length)]), body]),
  ]);
}

function countImportedFunctions(body) {
  const reader = { bytes: body, at: 0 };
  let functions = 0;
  for (let left = unsigned(reader); left > 0; left -= 1) {
    name(reader);
    name(reader);
    const kind = reader.bytes[reader.at++];
    if (kind === 0) {
      unsigned(reader);
      functions += 1;
    } else if (kind === 1 || kind === 2) {
      if (kind === 1) reader.at += 1;
      const flags = unsigned(reader);
      unsigned(reader);
      if (flags & 1) unsigned(reader);
    } else {
      reader.at += 2;
    }
  }
  return functions;
}

function exportedFunction(body, wanted) {
  const reader = { bytes: body, at: 0 };
  for (let left = unsigned(reader); left > 0; left -= 1) {
    const found = name(reader);
    const kind = reader.bytes[reader.at++];
    const index = unsigned(reader);
    if (kind === 0 && found === wanted) return index;
  }
  throw new Error(`no function ${wanted} is exported`);
}

function replaceBody(code, index, replacement) {
  const reader = { bytes: code, at: 0 };
  const count = unsigned(reader);
  const parts = [Buffer.from(leb128(count))];
  for (let current = 0; current < count; current += 1) {
    const size = unsigned(reader);
    const body = current === index ? Buffer.from(replacement) : code.subarray(reader.at, reader.at + size);
    reader.at += size;
    parts.push(Buffer.from(leb128(body.length)), body);
  }
  return Buffer.concat(parts);
}

function name(reader) {
  const length = unsigned(reader);
  reader.at += length;
  return Buffer.from(reader.bytes.subarray(reader.at - length, reader.at)).toString();
}

function unsigned(reader) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
}

function leb128(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}
