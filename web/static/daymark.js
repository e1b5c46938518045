import { initAll as startGovuk } from "./vendor/govuk-frontend.min.js";
import { initAll as startMoj } from "./vendor/moj-frontend.min.js";
import { keepFresh } from "./fresh.js";
import { offerPrint } from "./print.js";
import { warnWhenIdle } from "./idle.js";

startGovuk();
startMoj();
keepFresh();
warnWhenIdle();
offerPrint();
