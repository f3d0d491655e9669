/** A colour for each entity type, the same in every place and every run. */
export interface TypeColour {
  hue: number;
  rgb: readonly [number, number, number];
}

/** Hues a golden angle apart, so that neighbours in the sorted list of types differ; light enough for black text. */
export function colourOf(type: string): TypeColour {
  let hash = 0;
  for (const character of type) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
  const hue = (hash * 137.508) % 360;
  return { hue, rgb: rgbOf(hue, 0.65, 0.7) };
}

/** HSL to RGB, 0 … 255. */
function rgbOf(hue: number, saturation: number, lightness: number): [number, number, number] {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
