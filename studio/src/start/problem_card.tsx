/** What went wrong, what it means, what to do, and the service's own words for who wants them. */

import type { ComponentChildren } from "preact";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { Icon } from "../ui/icons.tsx";

/** `children`: what can be done, as buttons. */
export function ProblemCard(props: { problem: Problem; title?: string; children?: ComponentChildren }) {
  const { problem, title, children } = props;
  const words = wordsOf(problem);
  const said = problem.errors.length > 0 ? problem.errors.map(({ detail }) => detail) : [problem.message];
  const more = said.filter((sentence) => sentence !== "" && sentence !== words);
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        {title !== undefined && <h1>{title}</h1>}
        <p class="problem-words">{words}</p>
        {more.map((sentence) => <p class="problem-more" key={sentence}>{sentence}</p>)}
        {problem.requestId !== null && problem.status >= 500 && (
          <p class="problem-more">{t("start.request_id", { id: problem.requestId })}</p>
        )}
        {children !== undefined && <div class="progress-buttons">{children}</div>}
      </div>
    </div>
  );
}
