# The same addon for those who need node-gyp (`npx node-gyp rebuild`); the package itself is built by CMakeLists.txt,
# whose rules this file follows: every native/**/*.cc is part of the addon, kernels (*_cpu.cc) are compiled once per
# instruction level, and files named after a set of instructions for products with these. Kernels are in libraries, since they are called by name; ops are not, since they register
# themselves and a linker would leave them out. Always without CUDA.
{
    "variables": {
        "kernels": ["<!@(node native/list-sources.mjs kernels)"],
        "avx512_flags": ["-mavx2", "-mfma", "-mf16c", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl",
                         "-mprefer-vector-width=512"],
        "amx_flags": ["-mavx512bf16", "-mamx-tile", "-mamx-bf16"],
        "rest": ["<!@(node native/list-sources.mjs rest)"],
    },
    "target_defaults": {
        "include_dirs": ["native"],
        "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
        "cflags_cc": [
            "-std=c++17", "-fexceptions", "-frtti", "-fvisibility=hidden", "-fvisibility-inlines-hidden",
            "-Wall", "-Wextra", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
        ],
        "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
            "GCC_ENABLE_CPP_RTTI": "YES",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "MACOSX_DEPLOYMENT_TARGET": "11.0",
            "OTHER_CPLUSPLUSFLAGS": ["-Wall", "-Wextra", "-ffp-contract=off", "-fno-math-errno",
                                     "-fno-trapping-math"],
        },
        "msvs_settings": {
            "VCCLCompilerTool": {
                "ExceptionHandling": 1,
                "RuntimeTypeInfo": "true",
                "AdditionalOptions": ["/std:c++17", "/fp:precise", "/W4"],
            },
        },
        "conditions": [
            ["OS=='win'", {"defines": ["_USE_MATH_DEFINES", "NOMINMAX"]}],
        ],
    },
    "conditions": [
        ["target_arch=='x64'", {
            "variables": {"levels": ["cdlm_plain", "cdlm_avx2", "cdlm_avx512", "cdlm_avx512bf16", "cdlm_avx512vnni",
                                     "cdlm_amx"]},
            "targets": [
                {
                    "target_name": "cdlm_avx2",
                    "type": "static_library",
                    "sources": ["<@(kernels)"],
                    "defines": ["CDLM_LEVEL=avx2", "CDLM_LEVEL_AVX2=1"],
                    "cflags_cc": ["-mavx2", "-mfma", "-mf16c"],
                    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["-mavx2", "-mfma", "-mf16c"]},
                    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/arch:AVX2"]}},
                },
                {
                    "target_name": "cdlm_avx512",
                    "type": "static_library",
                    "sources": ["<@(kernels)"],
                    "defines": ["CDLM_LEVEL=avx512", "CDLM_LEVEL_AVX512=1"],
                    "cflags_cc": ["<@(avx512_flags)"],
                    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(avx512_flags)"]},
                    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/arch:AVX512"]}},
                },
                {
                    "target_name": "cdlm_avx512bf16",
                    "type": "static_library",
                    "sources": ["<!@(node native/list-sources.mjs avx512bf16)"],
                    "defines": ["CDLM_LEVEL=avx512bf16", "CDLM_LEVEL_AVX512=1", "CDLM_BF16=1"],
                    "cflags_cc": ["<@(avx512_flags)", "-mavx512bf16"],
                    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(avx512_flags)", "-mavx512bf16"]},
                    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/arch:AVX512"]}},
                },
                {
                    "target_name": "cdlm_avx512vnni",
                    "type": "static_library",
                    "sources": ["<!@(node native/list-sources.mjs avx512vnni)"],
                    "defines": ["CDLM_LEVEL=avx512vnni", "CDLM_LEVEL_AVX512=1", "CDLM_VNNI=1"],
                    "cflags_cc": ["<@(avx512_flags)", "-mavx512vnni"],
                    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(avx512_flags)", "-mavx512vnni"]},
                    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/arch:AVX512"]}},
                },
                {
                    "target_name": "cdlm_amx",
                    "type": "static_library",
                    "sources": ["<!@(node native/list-sources.mjs amx)"],
                    "defines": ["CDLM_LEVEL=amx", "CDLM_LEVEL_AVX512=1", "CDLM_BF16=1", "CDLM_AMX=1"],
                    "cflags_cc": ["<@(avx512_flags)", "<@(amx_flags)"],
                    "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(avx512_flags)", "<@(amx_flags)"]},
                    "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/arch:AVX512"]}},
                },
            ],
        }],
        ["target_arch=='arm64'", {
            "variables": {"levels": ["cdlm_plain", "cdlm_neon"]},
            "targets": [
                {
                    "target_name": "cdlm_neon",
                    "type": "static_library",
                    "sources": ["<@(kernels)"],
                    "defines": ["CDLM_LEVEL=neon", "CDLM_LEVEL_NEON=1"],
                },
            ],
        }],
        ["target_arch!='x64' and target_arch!='arm64'", {"variables": {"levels": ["cdlm_plain"]}}],
    ],
    "targets": [
        {
            "target_name": "cdlm_plain",
            "type": "static_library",
            "sources": ["<@(kernels)"],
            "defines": ["CDLM_LEVEL=plain", "CDLM_LEVEL_PLAIN=1"],
        },
        {
            "target_name": "cdlm",
            "sources": ["<@(rest)"],
            "dependencies": ["<@(levels)"],
            "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
            "defines": [
                "NAPI_VERSION=8", "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
                "NAPI_CPP_EXCEPTIONS",
            ],
            "conditions": [
                ["OS=='linux'", {
                    "ldflags": ["-static-libstdc++", "-static-libgcc", "-Wl,--gc-sections",
                                "-Wl,--version-script=<(module_root_dir)/native/exports.map"],
                }],
            ],
        },
    ],
}
