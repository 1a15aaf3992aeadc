/** How bright an image is shown; the image itself stays as it is. */

export interface Light {
  readonly brightness: number;
  readonly contrast: number;
}

export function LightPanel({ light, onLight }: { light: Light; onLight: (light: Light) => void }) {
  const slider = (name: keyof Light, title: string) => (
    <label className="slider">
      <span>{title}</span>
      <input
        type="range"
        min={0.3}
        max={3}
        step={0.05}
        value={light[name]}
        onChange={(event) => onLight({ ...light, [name]: event.target.valueAsNumber })}
      />
      <span className="figure">{Math.round(light[name] * 100)} %</span>
    </label>
  );
  return (
    <>
      {slider("brightness", "Brightness")}
      {slider("contrast", "Contrast")}
      <button
        type="button"
        className="button small"
        disabled={light.brightness === 1 && light.contrast === 1}
        onClick={() => onLight({ brightness: 1, contrast: 1 })}
      >
        As it is
      </button>
    </>
  );
}
