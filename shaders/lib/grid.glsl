// The workgroup's size is specialization constant 0. It must be declared before gl_WorkGroupSize is
// used, or that is 1.
layout(local_size_x_id = 0) in;

// The invocation's index in a one-dimensional grid that was folded into rows of workgroups
// because a dispatch dimension is limited (tpo_grid_1d() on the C side). Callers guard it.
uint grid_index()
{
  return (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x +
         gl_LocalInvocationID.x;
}

// The same for grids of one workgroup per item.
uint grid_group()
{
  return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}
