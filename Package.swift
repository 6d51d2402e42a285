// swift-tools-version: 6.2
import PackageDescription

// One place for the settings of every target: what the compiler can refuse, it refuses.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]
let cSettings: [CSetting] = [
  .define("_GNU_SOURCE"),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// A floor of the house: it may import what stands below it, and nothing else.
func room(_ name: String, _ below: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: below, swiftSettings: settings)
}

func tests(_ name: String, _ below: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: below + ["Goldens", "Randomness"], path: "Tests/\(name)",
    exclude: goldenFolders.contains(name) ? ["Goldens"] : [], swiftSettings: settings)
}

/// Test targets that keep their expected texts in a folder beside the tests.
let goldenFolders: Set<String> = [
  "AssignmentTests", "CatalogueTests", "ConsoleTests", "HostLinuxTests", "ViableTests",
]

let package = Package(
  name: "viable",
  products: [
    .executable(name: "viable", targets: ["viable"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    room("Topology"),
    room("Ownership", ["Topology"]),
    room("HostAccess", ["Topology", "Ownership"]),
    room("Assignment", ["Topology", "Ownership", "HostAccess"]),
    room("Console", ["Topology", "Ownership", "HostAccess", "Assignment"]),
    room("HostSimulated", ["Topology", "Ownership", "HostAccess"]),
    .target(name: "CLinux", cSettings: cSettings, linkerSettings: [.linkedLibrary("z")]),
    room("HostLinux", ["Topology", "Ownership", "HostAccess", "CLinux"]),
    .target(
      name: "CTerminal",
      cSettings: cSettings + [.define("NCURSES_WIDECHAR", to: "1")],
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    room("Terminal", ["Console", "CTerminal"]),
    .target(
      name: "Catalogue",
      dependencies: [
        "Topology", "Ownership", "HostAccess", "Console", "HostSimulated",
        .product(name: "TOMLKit", package: "TOMLKit"),
      ],
      resources: [.embedInCode("Themes"), .embedInCode("Scenarios")],
      swiftSettings: settings),
    .executableTarget(
      name: "viable",
      dependencies: [
        "Topology", "Ownership", "HostAccess", "Assignment", "Console", "HostLinux", "HostSimulated", "Terminal",
        "Catalogue", "CLinux", argumentParser,
      ],
      swiftSettings: settings),
    .target(name: "Goldens", path: "Tests/Goldens", swiftSettings: settings),
    .target(name: "Randomness", path: "Tests/Randomness", swiftSettings: settings),
    tests("TopologyTests", ["Topology"]),
    tests("OwnershipTests", ["Topology", "Ownership"]),
    tests("HostAccessTests", ["Topology", "Ownership", "HostAccess"]),
    tests(
      "AssignmentTests", ["Topology", "Ownership", "HostAccess", "Assignment", "HostSimulated", "Catalogue"]),
    tests("ConsoleTests", ["Topology", "Ownership", "HostAccess", "Assignment", "Console"]),
    tests("HostSimulatedTests", ["Topology", "Ownership", "HostAccess", "HostSimulated"]),
    tests("HostLinuxTests", ["Topology", "Ownership", "HostAccess", "HostLinux", "CLinux"]),
    tests("TerminalTests", ["Topology", "Console", "CTerminal", "Terminal"]),
    tests("CatalogueTests", ["Topology", "Ownership", "HostAccess", "Console", "HostSimulated", "Catalogue"]),
    tests(
      "ViableTests",
      [
        "Topology", "Ownership", "HostAccess", "Assignment", "Console", "HostLinux", "HostSimulated", "Catalogue",
        "viable", argumentParser,
      ]),
  ],
  cLanguageStandard: .gnu11
)
