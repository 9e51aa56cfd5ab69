using IntegrationConsole.Connectors.Files.Formats;

namespace IntegrationConsole.Connectors.Files;

/// <summary>The files of one connection for the time of one call, and the ways to find and to read them.</summary>
internal sealed record ConnectionFiles(FileSettings Settings, IFileLocation Location, FileSelection Selection, RecordReaders Readers);
