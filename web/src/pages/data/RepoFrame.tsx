/** The frame of a page about one repo: its place in the tree, and the repo once it is there. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/resources";
import type { Repo } from "../../api/types";
import { Page } from "../../shell/Page";
import { Loaded } from "../../ui/parts";

interface Props {
  name: string;
  title: string;
  children: (repo: Repo) => ReactNode;
}

export function RepoFrame({ name, title, children }: Props) {
  const repo = useQuery(read.repo(name));
  return (
    <Page
      crumbs={[
        { text: "Data", to: "/data" },
        { text: name, to: `/data/${encodeURIComponent(name)}` },
        { text: title },
      ]}
    >
      <Loaded query={repo} page>
        {children}
      </Loaded>
    </Page>
  );
}
