#include "io/model-rows.h"

#define TRAINING TPO_USE_TRAINING
#define UNUSED TPO_USE_NONE

#define LAYER "lm.base_model.model.model.layers.{0..L}."
#define LM "lm.base_model.model."

/* H hidden, A heads · head size, K key/value heads · head size, F FFN, V vocabulary, L layers,
 * R rank of the adapters or 0, B = 1 for biases of q, k and v, U = 1 for a head of its own */
static const TpoTensorRow llm_rows[] = {
  { LM "model.embed_tokens.weight", "V,H" },
  { LAYER "{input_layernorm,post_attention_layernorm}.weight", "H" },
  { LAYER "self_attn.q_proj.base_layer.weight", "A,H" },
  { LAYER "self_attn.{k_proj,v_proj}.base_layer.weight", "K,H" },
  { LAYER "self_attn.q_proj.base_layer.bias", "A", "B" },
  { LAYER "self_attn.{k_proj,v_proj}.base_layer.bias", "K", "B" },
  { LAYER "self_attn.o_proj.base_layer.weight", "H,A" },
  { LAYER "mlp.{gate_proj,up_proj}.base_layer.weight", "F,H" },
  { LAYER "mlp.down_proj.base_layer.weight", "H,F" },
  { LAYER "{self_attn.{q_proj,k_proj,v_proj},mlp.{gate_proj,up_proj}}.lora_A.default.weight",
    "R,H", "R" },
  { LAYER "self_attn.o_proj.lora_A.default.weight", "R,A", "R" },
  { LAYER "mlp.down_proj.lora_A.default.weight", "R,F", "R" },
  { LAYER "self_attn.q_proj.lora_B.default.weight", "A,R", "R" },
  { LAYER "{self_attn.o_proj,mlp.down_proj}.lora_B.default.weight", "H,R", "R" },
  { LAYER "self_attn.{k_proj,v_proj}.lora_B.default.weight", "K,R", "R" },
  { LAYER "mlp.{gate_proj,up_proj}.lora_B.default.weight", "F,R", "R" },
  { LM "model.norm.weight", "H" },
  { LM "lm_head.base_layer.weight", "V,H", "U" },
  { LM "lm_head.lora_A.default.weight", "R,H", "R" },
  { LM "lm_head.lora_B.default.weight", "V,R", "R" },
};

#define BLOCK "vision_encoder.encoder.blocks.{0..N}."

/* D width, M FFN, N blocks stored, P patch, T frames of a patch */
static const TpoTensorRow vision_rows[] = {
  { "vision_encoder.encoder.patch_embed.proj.{weight,bias}", "D,3,T,P,P" },
  { BLOCK "{norm1,norm2}.{weight,bias}", "D" },
  { BLOCK "attn.qkv.weight", "3*D,D" },
  { BLOCK "attn.{q_bias,v_bias}", "D" },
  { BLOCK "attn.proj.{weight,bias}", "D,D" },
  { BLOCK "mlp.fc1.{weight,bias}", "M,D" },
  { BLOCK "mlp.fc2.{weight,bias}", "D,M" },
  { "vision_layernorm.{weight,bias}", "D" },
};

#define TOWER "vision_tower.vision_model."
#define SLAYER(range) TOWER "encoder.layers.{" range "}."
#define SIGLIP(range, use, reason)                                                             \
  { SLAYER (range) "{layer_norm1,layer_norm2}.{weight,bias}", "D", NULL, use, reason },        \
      { SLAYER (range) "self_attn.{q_proj,k_proj,v_proj,out_proj}.{weight,bias}", "D,D", NULL, \
        use, reason },                                                                         \
      { SLAYER (range) "mlp.fc1.{weight,bias}", "M,D", NULL, use, reason },                    \
  {                                                                                            \
    SLAYER (range) "mlp.fc2.{weight,bias}", "D,M", NULL, use, reason                           \
  }

static const char behind[] = "behind the layer whose output is taken";
static const char pooling[] = "pools the patches to one vector; here each is used";

/* D width, M FFN, N blocks run, Z blocks of the whole encoder, P patch, n patches */
static const TpoTensorRow siglip_rows[] = {
  { TOWER "embeddings.patch_embedding.{weight,bias}", "D,3,P,P" },
  { TOWER "embeddings.position_embedding.weight", "n,D" },
  SIGLIP ("0..N", TPO_USE_INFERENCE, NULL),
  SIGLIP ("N..Z", UNUSED, behind),
  { TOWER "post_layernorm.{weight,bias}", "D", NULL, UNUSED, behind },
  { TOWER "head.probe", "1,1,D", NULL, UNUSED, pooling },
  { TOWER "head.attention.in_proj_{weight,bias}", "3*D,D", NULL, UNUSED, pooling },
  { TOWER "head.attention.out_proj.{weight,bias}", "D,D", NULL, UNUSED, pooling },
  { TOWER "head.layernorm.{weight,bias}", "D", NULL, UNUSED, pooling },
  { TOWER "head.mlp.fc1.{weight,bias}", "M,D", NULL, UNUSED, pooling },
  { TOWER "head.mlp.fc2.{weight,bias}", "D,M", NULL, UNUSED, pooling },
};

#define QLAYER "qformer.bert.encoder.layer.{0..L}."
#define CROSS "qformer.bert.encoder.layer.{0..L:X}.crossattention."

static const char text_branch[] =
    "text branch of the Q-Former, read only with instruction text";
static const char no_clips[] = "belongs to a clip mode that is switched off";

/* Q width, E vision width, F FFN, L layers, X every how many layers look at the picture, V words,
 * P positions, n and x queries, H width of the language model */
static const TpoTensorRow bridge_rows[] = {
  { "query_tokens", "1,n,Q" },
  { "extra_query_tokens", "1,x,Q" },
  { "qformer.bert.embeddings.LayerNorm.{weight,bias}", "Q" },
  { "qformer.bert.embeddings.word_embeddings.weight", "V,Q", NULL, UNUSED, text_branch },
  { "qformer.bert.embeddings.position_embeddings.weight", "P,Q", NULL, UNUSED, text_branch },
  { "qformer.bert.embeddings.position_ids", "1,P", NULL, UNUSED, text_branch },
  { QLAYER "attention.self.{query,key,value}.{weight,bias}", "Q,Q" },
  { QLAYER "attention.output.dense.{weight,bias}", "Q,Q" },
  { QLAYER "attention.output.LayerNorm.{weight,bias}", "Q" },
  { CROSS "self.query.{weight,bias}", "Q,Q" },
  { CROSS "self.{key,value}.{weight,bias}", "Q,E" },
  { CROSS "output.dense.{weight,bias}", "Q,Q" },
  { CROSS "output.LayerNorm.{weight,bias}", "Q" },
  { QLAYER "intermediate_query.dense.{weight,bias}", "F,Q" },
  { QLAYER "output_query.dense.{weight,bias}", "Q,F" },
  { QLAYER "output_query.LayerNorm.{weight,bias}", "Q" },
  { QLAYER "intermediate.dense.{weight,bias}", "F,Q", NULL, UNUSED, text_branch },
  { QLAYER "output.dense.{weight,bias}", "Q,F", NULL, UNUSED, text_branch },
  { QLAYER "output.LayerNorm.{weight,bias}", "Q", NULL, UNUSED, text_branch },
  { "project_up.{weight,bias}", "H,Q" },
  { "project_down.{weight,bias}", "Q,H", NULL, UNUSED, "never called" },
  { "merge_proj.{weight,bias}", "H,4*Q", NULL, UNUSED, no_clips },
};

/* E vision width, H width of the language model */
static const TpoTensorRow projector_rows[] = {
  { "mm_projector.0.{weight,bias}", "H,E" },
  { "mm_projector.2.{weight,bias}", "H,H" },
  { "image_newline", "H" },
};

static const char old_head[] = "remnant of an earlier temporal head";
static const char box_loss[] = "box regression of the mask training";

/* H width of the language model, h half of it, S three prompt embeddings of the mask head, or 0, t
 * width of the temporal head's words where it is another, or 0 */
static const TpoTensorRow heads_rows[] = {
  { "{box_token,temporal_token,track_token}", "1,1,H" },
  { "loc_encoder.0.{weight,bias}", "h,4" },
  { "loc_encoder.2.{weight,bias}", "H,h" },
  { "loc_decoder.0.{weight,bias}", "h,H" },
  { "loc_decoder.2.{weight,bias}", "4,h" },
  { "temporal_proj.{weight,bias}", "t,H", "t" },
  { "track_embed.layers.0.{weight,bias}", "H,H", "S" },
  { "track_embed.layers.1.{weight,bias}", "S,H", "S" },
  { "track_embed_decode2.layers.0.{weight,bias}", "H,H", NULL, TRAINING, box_loss },
  { "track_embed_decode2.layers.1.{weight,bias}", "4,H", NULL, TRAINING, box_loss },
  { "{temporal_embed,action_embed}.layers.0.{weight,bias}", "H,H", NULL, UNUSED, old_head },
  { "temporal_embed.layers.1.{weight,bias}", "2,H", NULL, UNUSED, old_head },
  { "action_embed.layers.1.{weight,bias}", "1,H", NULL, UNUSED, old_head },
};

#define DEC "cg_model.transformer.decoder."
#define DLAYER DEC "layers.{0..d}."

/* Encoder layers with packed projections, and all layers with an FFN. */
#define PACKED(path, use, reason)                                                   \
  {                                                                                 \
    "cg_model." path ".self_attn.in_proj_{weight,bias}", "3*c,c", NULL, use, reason \
  }
#define FFN(path, use, reason)                                                        \
  { "cg_model." path ".self_attn.out_proj.{weight,bias}", "c,c", NULL, use, reason }, \
      { "cg_model." path ".linear1.{weight,bias}", "f,c", NULL, use, reason },        \
      { "cg_model." path ".linear2.{weight,bias}", "c,f", NULL, use, reason },        \
      { "cg_model." path ".{norm1,norm2}.{weight,bias}", "c", NULL, use, reason },    \
  {                                                                                   \
    "cg_model." path ".activation.weight", "1", NULL, use, reason                     \
  }

static const char moment_loss[] = "moment and sentence tokens of the training losses";
static const char no_text_positions[] = "text positions are switched off";

/* c width, f FFN, v and t widths of clip and word features, y dummies, p saliency prompts, q span
 * queries; layers: i input, u dummy, a cross, e encoder, d decoder, m moment, s sentence */
static const TpoTensorRow temporal_rows[] = {
  { "cg_criterion.empty_weight", "2", NULL, TRAINING, "class weights of the loss" },
  { "cg_model.{class_embed,span_embed.layers.2}.{weight,bias}", "2,c" },
  { DEC "bbox_embed.layers.2.{weight,bias}", "2,c" },
  { "cg_model.{span_embed.layers.{0,1},saliency_proj1,saliency_proj2}.{weight,bias}", "c,c" },
  { DEC "{bbox_embed,query_scale,ref_point_head}.layers.{0,1}.{weight,bias}", "c,c" },
  { DEC "ref_anchor_head.layers.0.{weight,bias}", "c,c" },
  { DEC "ref_anchor_head.layers.1.{weight,bias}", "1,c" },
  { "cg_model.{dummy_rep_token,dummy_rep_pos}", "y,c" },
  { "cg_model.global_rep_token", "p,c" },
  { "cg_model.global_rep_pos", "1,c" },
  { "cg_model.{moment,sent}_rep_{token,pos}", "c", NULL, TRAINING, moment_loss },
  { "cg_model.query_embed.weight", "q,2" },
  { "cg_model.token_type_embeddings.weight", "2,c" },
  { "cg_model.input_txt_proj.0.LayerNorm.{weight,bias}", "t" },
  { "cg_model.input_txt_proj.0.net.1.{weight,bias}", "c,t" },
  { "cg_model.input_vid_proj.0.LayerNorm.{weight,bias}", "v" },
  { "cg_model.input_vid_proj.0.net.1.{weight,bias}", "c,v" },
  { "cg_model.{input_txt_proj,input_vid_proj}.{1..i}.LayerNorm.{weight,bias}", "c" },
  { "cg_model.{input_txt_proj,input_vid_proj}.{1..i}.net.1.{weight,bias}", "c,c" },
  { "cg_model.txt_proj_linear.LayerNorm.{weight,bias}", "t", NULL, UNUSED, "never called" },
  { "cg_model.txt_proj_linear.net.1.{weight,bias}", "c,t", NULL, UNUSED, "never called" },
  { "cg_model.txt_position_embed.LayerNorm.{weight,bias}", "c", NULL, UNUSED,
    no_text_positions },
  { "cg_model.txt_position_embed.position_embeddings.weight", "100,c", NULL, UNUSED,
    no_text_positions },
  PACKED ("txtproj_encoder.layers.{0..u}", TPO_USE_INFERENCE, NULL),
  PACKED ("transformer.encoder.layers.{0..e}", TPO_USE_INFERENCE, NULL),
  PACKED ("scls_encoder.layers.{0..s}", TRAINING, moment_loss),
  PACKED ("transformer.mcls_encoder.layers.{0..m}", TRAINING, moment_loss),
  FFN ("txtproj_encoder.layers.{0..u}", TPO_USE_INFERENCE, NULL),
  FFN ("transformer.encoder.layers.{0..e}", TPO_USE_INFERENCE, NULL),
  FFN ("transformer.t2v_encoder.layers.{0..a}", TPO_USE_INFERENCE, NULL),
  FFN ("scls_encoder.layers.{0..s}", TRAINING, moment_loss),
  FFN ("transformer.mcls_encoder.layers.{0..m}", TRAINING, moment_loss),
  { DLAYER "{sa_qcontent,sa_qpos,sa_kcontent,sa_kpos,sa_v}_proj.{weight,bias}", "c,c" },
  { DLAYER "{ca_qcontent,ca_kcontent,ca_kpos,ca_v,ca_qpos_sine}_proj.{weight,bias}", "c,c" },
  { DEC "layers.0.ca_qpos_proj.{weight,bias}", "c,c" },
  { DLAYER "{self_attn,cross_attn}.out_proj.{weight,bias}", "c,c" },
  { DLAYER "linear1.{weight,bias}", "f,c" },
  { DLAYER "linear2.{weight,bias}", "c,f" },
  { DLAYER "{norm1,norm2,norm3}.{weight,bias}", "c" },
  { DLAYER "activation.weight", "1" },
  { DEC "norm.{weight,bias}", "c" },
};

#define TRUNK "sam.image_encoder.trunk."

/* Blocks first … end of a stage of width D; the first has input width d, the others start at next. */
#define STAGE(first, next, end, d, D)                                                   \
  { TRUNK "blocks.{" first ".." next "}.norm1.{weight,bias}", d },                      \
      { TRUNK "blocks.{" next ".." end "}.norm1.{weight,bias}", D },                    \
      { TRUNK "blocks.{" first ".." next "}.attn.qkv.{weight,bias}", "3*" D "," d },    \
      { TRUNK "blocks.{" next ".." end "}.attn.qkv.{weight,bias}", "3*" D "," D },      \
      { TRUNK "blocks.{" first ".." end "}.attn.proj.{weight,bias}", D "," D },         \
      { TRUNK "blocks.{" first ".." end "}.norm2.{weight,bias}", D },                   \
      { TRUNK "blocks.{" first ".." end "}.mlp.layers.0.{weight,bias}", "4*" D "," D }, \
  {                                                                                     \
    TRUNK "blocks.{" first ".." end "}.mlp.layers.1.{weight,bias}", D ",4*" D           \
  }
#define WIDEN(first, next, d, D)                                     \
  {                                                                  \
    TRUNK "blocks.{" first ".." next "}.proj.{weight,bias}", D "," d \
  }

#define MEMORY "sam.memory_attention.layers.{0..l}."
#define ENCODER "sam.memory_encoder."
#define PROMPT "sam.sam_prompt_encoder."
#define MASK "sam.sam_mask_decoder."
#define TWO_WAY MASK "transformer.layers.{0..t}."
#define FINAL MASK "transformer.final_attn_token_to_image."

/* D0 … D3 widths of the stages, s1 … s4 their ends, t0 … t3 second blocks; bh, bw background
 * table, w window table; d width, m memory width, n memories, l memory layers, f their FFN; c1 …
 * c4 channels of the mask downsampler, u fuser layers; t decoder layers, a its inner attention
 * width, g its FFN, i IoU head; d2, d4, d8 parts of d; k, k4 mask prompt channels; v = 1 for 2.1 */
static const TpoTensorRow mask_rows[] = {
  { TRUNK "patch_embed.proj.{weight,bias}", "D0,3,7,7" },
  { TRUNK "pos_embed", "1,D0,bh,bw" },
  { TRUNK "pos_embed_window", "1,D0,w,w" },
  STAGE ("0", "t0", "s1", "D0", "D0"),
  STAGE ("s1", "t1", "s2", "D0", "D1"),
  STAGE ("s2", "t2", "s3", "D1", "D2"),
  STAGE ("s3", "t3", "s4", "D2", "D3"),
  WIDEN ("s1", "t1", "D0", "D1"),
  WIDEN ("s2", "t2", "D1", "D2"),
  WIDEN ("s3", "t3", "D2", "D3"),
  { "sam.image_encoder.neck.convs.0.conv.{weight,bias}", "d,D3,1,1" },
  { "sam.image_encoder.neck.convs.1.conv.{weight,bias}", "d,D2,1,1" },
  { "sam.image_encoder.neck.convs.2.conv.{weight,bias}", "d,D1,1,1" },
  { "sam.image_encoder.neck.convs.3.conv.{weight,bias}", "d,D0,1,1" },
  { "sam.mask_downsample.{weight,bias}", "1,1,4,4" },
  { "sam.maskmem_tpos_enc", "n,1,1,m" },
  { "sam.{no_mem_embed,no_mem_pos_enc}", "1,1,d" },
  { "sam.no_obj_ptr", "1,d" },
  { "sam.no_obj_embed_spatial", "1,m", "v" },
  { "sam.obj_ptr_tpos_proj.{weight,bias}", "m,d", "v" },
  { "sam.obj_ptr_proj.layers.{0..3}.{weight,bias}", "d,d" },
  { MEMORY "self_attn.{q_proj,k_proj,v_proj,out_proj}.{weight,bias}", "d,d" },
  { MEMORY "cross_attn_image.{q_proj,out_proj}.{weight,bias}", "d,d" },
  { MEMORY "cross_attn_image.{k_proj,v_proj}.{weight,bias}", "d,m" },
  { MEMORY "linear1.{weight,bias}", "f,d" },
  { MEMORY "linear2.{weight,bias}", "d,f" },
  { MEMORY "{norm1,norm2,norm3}.{weight,bias}", "d" },
  { "sam.memory_attention.norm.{weight,bias}", "d" },
  { ENCODER "mask_downsampler.encoder.0.{weight,bias}", "c1,c0,3,3" },
  { ENCODER "mask_downsampler.encoder.1.{weight,bias}", "c1" },
  { ENCODER "mask_downsampler.encoder.3.{weight,bias}", "c2,c1,3,3" },
  { ENCODER "mask_downsampler.encoder.4.{weight,bias}", "c2" },
  { ENCODER "mask_downsampler.encoder.6.{weight,bias}", "c3,c2,3,3" },
  { ENCODER "mask_downsampler.encoder.7.{weight,bias}", "c3" },
  { ENCODER "mask_downsampler.encoder.9.{weight,bias}", "c4,c3,3,3" },
  { ENCODER "mask_downsampler.encoder.10.{weight,bias}", "c4" },
  { ENCODER "mask_downsampler.encoder.12.{weight,bias}", "d,c4,1,1" },
  { ENCODER "pix_feat_proj.{weight,bias}", "d,d,1,1" },
  { ENCODER "fuser.layers.{0..u}.gamma", "d" },
  { ENCODER "fuser.layers.{0..u}.dwconv.{weight,bias}", "d,1,7,7" },
  { ENCODER "fuser.layers.{0..u}.norm.{weight,bias}", "d" },
  { ENCODER "fuser.layers.{0..u}.pwconv1.{weight,bias}", "4*d,d" },
  { ENCODER "fuser.layers.{0..u}.pwconv2.{weight,bias}", "d,4*d" },
  { ENCODER "out_proj.{weight,bias}", "m,d,1,1" },
  { PROMPT "pe_layer.positional_encoding_gaussian_matrix", "2,d2" },
  { PROMPT "point_embeddings.{0..4}.weight", "1,d" },
  { PROMPT "{not_a_point_embed,no_mask_embed}.weight", "1,d" },
  { PROMPT "mask_downscaling.0.{weight,bias}", "k4,1,2,2" },
  { PROMPT "mask_downscaling.1.{weight,bias}", "k4" },
  { PROMPT "mask_downscaling.3.{weight,bias}", "k,k4,2,2" },
  { PROMPT "mask_downscaling.4.{weight,bias}", "k" },
  { PROMPT "mask_downscaling.6.{weight,bias}", "d,k,1,1" },
  { MASK "{iou_token,obj_score_token}.weight", "1,d" },
  { MASK "mask_tokens.weight", "4,d" },
  { TWO_WAY "self_attn.{q_proj,k_proj,v_proj,out_proj}.{weight,bias}", "d,d" },
  { TWO_WAY "cross_attn_{token_to_image,image_to_token}.{q_proj,k_proj,v_proj}.{weight,bias}",
    "a,d" },
  { TWO_WAY "cross_attn_{token_to_image,image_to_token}.out_proj.{weight,bias}", "d,a" },
  { TWO_WAY "{norm1,norm2,norm3,norm4}.{weight,bias}", "d" },
  { TWO_WAY "mlp.layers.0.{weight,bias}", "g,d" },
  { TWO_WAY "mlp.layers.1.{weight,bias}", "d,g" },
  { FINAL "{q_proj,k_proj,v_proj}.{weight,bias}", "a,d" },
  { FINAL "out_proj.{weight,bias}", "d,a" },
  { MASK "transformer.norm_final_attn.{weight,bias}", "d" },
  { MASK "output_upscaling.0.weight", "d,d4,2,2" },
  { MASK "output_upscaling.0.bias", "d4" },
  { MASK "output_upscaling.1.{weight,bias}", "d4" },
  { MASK "output_upscaling.3.weight", "d4,d8,2,2" },
  { MASK "output_upscaling.3.bias", "d8" },
  { MASK "conv_s0.{weight,bias}", "d8,d,1,1" },
  { MASK "conv_s1.{weight,bias}", "d4,d,1,1" },
  { MASK "output_hypernetworks_mlps.{0..4}.layers.{0,1}.{weight,bias}", "d,d" },
  { MASK "output_hypernetworks_mlps.{0..4}.layers.2.{weight,bias}", "d8,d" },
  { MASK "iou_prediction_head.layers.0.{weight,bias}", "i,d" },
  { MASK "iou_prediction_head.layers.1.{weight,bias}", "i,i" },
  { MASK "iou_prediction_head.layers.2.{weight,bias}", "4,i" },
  { MASK "pred_obj_score_head.layers.{0,1}.{weight,bias}", "d,d" },
  { MASK "pred_obj_score_head.layers.2.{weight,bias}", "1,d" },
};

#define CBLOCK "vision_encoder.blocks.{0..N}."
#define POOL "vision_encoder.clip_projector."

/* D width, M FFN, N blocks, P patch, T stored positions, O features */
static const TpoTensorRow clip_vision_rows[] = {
  { "vision_encoder.cls_token", "1,1,D" },
  { "vision_encoder.pos_embed", "1,T,D" },
  { "vision_encoder.patch_embed.proj.{weight,bias}", "D,3,1,P,P" },
  { CBLOCK "{norm1,norm2}.weight", "D" },
  { CBLOCK "attn.qkv.weight", "3*D,D" },
  { CBLOCK "attn.{q_norm,k_norm}.weight", "D" },
  { CBLOCK "attn.proj.{weight,bias}", "D,D" },
  { CBLOCK "{ls1,ls2}.gamma", "D" },
  { CBLOCK "mlp.fc1.{weight,bias}", "M,D" },
  { CBLOCK "mlp.fc2.{weight,bias}", "D,M" },
  { POOL "{norm1_q,norm1_k,norm1_v}.{weight,bias}", "D" },
  { POOL "cross_attn.{q,k,v}.weight", "D,D" },
  { POOL "cross_attn.{q_bias,k_bias,v_bias}", "D" },
  { POOL "cross_attn.proj.{weight,bias}", "O,D" },
  { "temp", "", NULL, UNUSED, "temperature of the contrastive loss" },
};

#define CLAYER "text_encoder.transformer.layers.{0..L}."

/* H width, F FFN, V vocabulary, L layers, R rank of the adapters or 0 */
static const TpoTensorRow clip_text_rows[] = {
  { "text_encoder.transformer.embed_tokens.weight", "V,H" },
  { CLAYER "{input_layernorm,post_attention_layernorm}.weight", "H" },
  { CLAYER "self_attn.{q_proj,v_proj}.base_layer.weight", "H,H" },
  { CLAYER "self_attn.{k_proj,o_proj}.weight", "H,H" },
  { CLAYER "self_attn.{q_proj,v_proj}.lora_A.default.weight", "R,H", "R" },
  { CLAYER "self_attn.{q_proj,v_proj}.lora_B.default.weight", "H,R", "R" },
  { CLAYER "mlp.{gate_proj,up_proj}.weight", "F,H" },
  { CLAYER "mlp.down_proj.weight", "H,F" },
  { CLAYER "self_attn.rotary_emb.inv_freq", "r", NULL, UNUSED, "computed when it is needed" },
  { "text_encoder.transformer.norm.weight", "H" },
  { "text_encoder.text_projection", "H,O", NULL, UNUSED, "only for retrieval" },
};

#define TABLE(list)           \
  {                           \
    list, G_N_ELEMENTS (list) \
  }
static const TpoTensorTable tables[TPO_COMPONENT_COUNT] = {
  [TPO_COMPONENT_LLM] = TABLE (llm_rows),
  [TPO_COMPONENT_VISION] = TABLE (vision_rows),
  [TPO_COMPONENT_BRIDGE] = TABLE (bridge_rows),
  [TPO_COMPONENT_HEADS] = TABLE (heads_rows),
  [TPO_COMPONENT_TEMPORAL] = TABLE (temporal_rows),
  [TPO_COMPONENT_MASK] = TABLE (mask_rows),
  [TPO_COMPONENT_CLIP_VISION] = TABLE (clip_vision_rows),
  [TPO_COMPONENT_CLIP_TEXT] = TABLE (clip_text_rows),
};

const TpoTensorTable *
tpo_tensor_table (TpoComponent component, const TpoMetadata *metadata)
{
  static const TpoTensorTable siglip = TABLE (siglip_rows), projector = TABLE (projector_rows);

  if (component == TPO_COMPONENT_VISION && tpo_model_has_siglip (metadata))
    return &siglip;
  if (component == TPO_COMPONENT_BRIDGE && tpo_model_has_projector (metadata))
    return &projector;
  return &tables[component];
}
