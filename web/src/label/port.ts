/** What a view of a task's object (a canvas, a text) offers to the screen around it. Both sides know only this. */
import type { Region } from "../doc";
import type { CommandName } from "./keymap";

export interface ViewPort {
  /** The option of a field was chosen by its key or its button; false when that is not for the view to decide. */
  choose(field: string, value: string): boolean;
  /** A command by its key or its button; false when it means nothing here and now. */
  run(command: CommandName): boolean;
  /** A key that is no command (arrows); false when it is not the view's. */
  press(event: KeyboardEvent): boolean;
}

/** What the list of regions needs of the view that shows them. */
export interface RegionHost {
  /** Whether it is shown now: on this image, in this text. */
  isHere(region: Region): boolean;
  /** Selects it and brings it into sight; `adds`: beside what is selected. */
  choose(id: string, adds?: boolean): void;
  /** What it holds, where that is text. */
  textOf?(region: Region): string;
}
