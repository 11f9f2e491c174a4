interface Zooming {
  readonly zoom: (factor: number) => void;
  readonly pan: (share: number) => void;
  readonly fit: () => void;
  readonly fitName?: string;
}

/** What the keys do, for hands on a mouse or a screen. */
export function ZoomButtons({zoom, pan, fit, fitName = 'Fit everything'}: Zooming) {
  const button = (label: string, sign: string, act: () => void) => (
    <button type="button" class="icon" aria-label={label} onClick={act}><span aria-hidden="true">{sign}</span></button>
  );
  return (
    <>
      {button('Earlier', '←', () => pan(-0.5))}
      {button('Later', '→', () => pan(0.5))}
      {button('Zoom in', '+', () => zoom(0.5))}
      {button('Zoom out', '−', () => zoom(2))}
      {button(fitName, '⤢', fit)}
    </>
  );
}
