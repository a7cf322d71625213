"""What changes the transformer: LoRAs, and other transformers.

known    by name, and what each prescribes
adapted  weights with an adapter's files
lora     what is added to the transformer's weights; lora_file reads it
"""
