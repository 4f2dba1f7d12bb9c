// Element types of a unit: ELEM and ELEM4 are float and vec4, or float16_t and f16vec4. Loads
// widen to f32; stores round once.
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
