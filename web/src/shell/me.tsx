/** Who is signed in: asked once, known everywhere. Without a session the sign-in page stands in place of everything. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { ApiError } from "../api/http";
import { read } from "../api/resources";
import type { Me } from "../api/types";
import { Failure, Loading } from "../ui/parts";
import { SignIn } from "./SignIn";

const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("useMe outside of a session");
  return me;
}

export function SignedIn({ children }: { children: ReactNode }) {
  const me = useQuery(read.me());
  if (me.data && !(me.error instanceof ApiError && me.error.status === 401)) {
    return <MeContext.Provider value={me.data}>{children}</MeContext.Provider>;
  }
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />;
  if (me.error) return <Failure error={me.error} retry={() => me.refetch()} />;
  return <Loading />;
}
