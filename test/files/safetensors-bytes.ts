/** A safetensors file as bytes, valid or not. */
export function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return framed(new TextEncoder().encode(JSON.stringify(header)), data);
}

export function framed(header: Uint8Array, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

export function entry(dtype: string, shape: unknown, begin: unknown, end: unknown) {
  return { dtype, shape, data_offsets: [begin, end] };
}
