/* The mapping between two frames. */
#include "core.h"

bool h9_good_program(const h9_plan *p);
bool h9_good_program(const h9_plan *p) { return p->h.insns == 0 && p->h.map_root == H9_NONE; }
h9_slot *h9_map_frame(h9_context *c, h9_slot *frame) { (void)c; return frame; }
