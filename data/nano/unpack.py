"""Takes a .gguf of the nano model apart into checkpoints that the trainers continue from.

    python3 unpack.py nano.gguf OUT         OUT/state.pt, OUT/sam.pt and OUT/temporal.pt

Weights come back as stored (half precision); helpers of the training and the optimiser's state are not in the file, so
the trainers begin those anew.  What inference never reads is not stored either and stays at its first values.
"""
import argparse
import os

import torch

import gguf_file
import sam
import temporal
import vlm

TOWERS = {'vision': 'vision_encoder.', 'text': 'text_encoder.', 'head': 'cg_model.'}


def fill(module, tensors, prefix=''):
    """Sets the weights of a module; names those that the file lacks."""
    state = module.state_dict()
    own = {name: tensors[prefix + name].view_as(value) for name, value in state.items() if prefix + name in tensors}
    module.load_state_dict({**state, **own})
    lacking = sorted(set(state) - set(own))
    print(f'{type(module).__name__}: {len(own)} tensors;', 'lacks ' + ', '.join(lacking) if lacking else 'complete')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('gguf')
    parser.add_argument('out')
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(1)
    tensors, meta = gguf_file.read(args.gguf)
    vocabulary = meta['videochat-tpo.llm.vocab_size']
    language, masks, spans = vlm.VideoChat(), sam.Sam(), temporal.Temporal(vocabulary, meta['videochat-tpo.clip.vision.depth'])
    fill(language, tensors)
    fill(masks, tensors, 'sam.')
    for name, prefix in TOWERS.items():
        fill(getattr(spans, name), tensors, prefix)
    save = lambda state, name: torch.save(state, os.path.join(args.out, name))
    save({'model': language.state_dict(), 'sizes': language.sizes}, 'state.pt')
    save({'model': masks.state_dict(), 'config': masks.config}, 'sam.pt')
    save({'model': spans.state_dict(), 'vocabulary': vocabulary}, 'temporal.pt')


if __name__ == '__main__':
    main()
