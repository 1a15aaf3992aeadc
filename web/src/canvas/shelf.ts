/** Pictures made ready before they are asked for: that of the task on the screen, and those of the next ones. */
import type { Size } from "../geometry";
import { loadPicture, type Media, type Picture } from "./picture";

interface Entry {
  readonly loading: Promise<Picture>;
  readonly stop: AbortController;
  /** Once it is there. */
  picture: Picture | null;
}

function windowSize(): Size {
  const dpr = window.devicePixelRatio || 1;
  return { width: window.innerWidth * dpr, height: window.innerHeight * dpr };
}

export class PictureShelf {
  private readonly entries = new Map<string, Entry>();

  /** `screen` says how large pictures will be shown. */
  constructor(private readonly screen: () => Size = windowSize) {}

  /** Keeps exactly these: what is new is loaded, what is no longer wanted is let go. */
  keep(wanted: readonly Media[]): void {
    const urls = new Set(wanted.map((media) => media.url));
    for (const [url, entry] of this.entries) {
      if (urls.has(url)) continue;
      this.entries.delete(url);
      entry.stop.abort();
      entry.loading.then((picture) => picture.close()).catch(() => undefined);
    }
    for (const media of wanted) if (!this.entries.has(media.url)) this.load(media);
  }

  /** At once when it is ready. */
  ready(media: Media): Picture | null {
    return this.entries.get(media.url)?.picture ?? null;
  }

  get(media: Media): Promise<Picture> {
    return (this.entries.get(media.url) ?? this.load(media)).loading;
  }

  close(): void {
    this.keep([]);
  }

  private load(media: Media): Entry {
    const stop = new AbortController();
    const entry: Entry = { loading: loadPicture(media, this.screen(), stop.signal), stop, picture: null };
    this.entries.set(media.url, entry);
    entry.loading.then(
      (picture) => {
        entry.picture = picture;
      },
      () => {
        // Asked for again, it is tried again.
        if (this.entries.get(media.url) === entry) this.entries.delete(media.url);
      },
    );
    return entry;
  }
}
