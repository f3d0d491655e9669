/** A colour that is light enough for black text. */
export interface TypeColour {
  /** Degrees, 0 … 360. */
  hue: number;
  /** Percent. */
  lightness: number;
  /** 0 … 255. */
  rgb: readonly [number, number, number];
}

/** Gives each entity type of a model its colour. */
export type TypeColours = (type: string) => TypeColour;

const goldenAngle = 137.508; // any number of hues keeps apart
const saturation = 75;

/** Colours by a type's place in the list, so that few types get colours far apart; the same for the same list. */
export function coloursOf(types: readonly string[]): TypeColours {
  const places = new Map(types.map((type, place) => [type, place]));
  return (type) => {
    const place = places.get(type) ?? types.length;
    const hue = (40 + place * goldenAngle) % 360;
    // From the ninth on hues come close to earlier ones: these are darker.
    const lightness = place % 16 < 8 ? 82 : 72;
    return { hue, lightness, rgb: rgbOf(hue, saturation / 100, lightness / 100) };
  };
}

/** As CSS, paler where the model is less sure. */
export function cssColour({ hue, lightness }: TypeColour, confidence = 1): string {
  return `hsl(${hue.toFixed(0)} ${saturation}% ${lightness}% / ${(0.25 + 0.75 * confidence).toFixed(2)})`;
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
