/** A change on the server behind a button: one at a time, its failure told, what it touched read again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { say, sayError } from "./toasts";

interface Options<T> {
  /** Families of queries that are out of date afterwards. */
  touches?: readonly string[];
  said?: string;
  after?: (result: T) => void;
}

export function useAction<A, T>(
  work: (input: A) => Promise<T>,
  { touches = [], said, after }: Options<T> = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: work,
    onError: sayError,
    onSuccess: (result) => {
      if (said) say({ tone: "ok", text: said });
      void client.invalidateQueries({ predicate: (query) => touches.includes(String(query.queryKey[0])) });
      after?.(result);
    },
  });
}
