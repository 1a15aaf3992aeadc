/** The graph view behind a door: its library is loaded when the first graph is looked at. */
import { type ComponentProps, lazy, Suspense } from "react";
import { Loading } from "../ui/parts";

const View = lazy(() => import("./GraphView"));

export type { Item } from "./GraphView";

export function Graph(props: ComponentProps<typeof View>) {
  return (
    <Suspense fallback={<Loading label="Drawing the graph" />}>
      <View {...props} />
    </Suspense>
  );
}
