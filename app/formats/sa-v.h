#pragma once

/* What the two forms of SA-V share: videos of 24 frames a second, of which every fourth is annotated. */

#define TPO_SA_V_STEP 4
