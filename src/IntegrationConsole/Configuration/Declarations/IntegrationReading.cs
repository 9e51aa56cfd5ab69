using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads an integration of a file, with its mapping.</summary>
internal static class IntegrationReading
{
    private static readonly string[] Keys = ["name", "slug", "source", "destination", "order", "schedule", "onArrival", "reconcile", "overlap", "batchBreaker", "deletes", "objectives", "paused", "mapping"];

    public static async Task<DeclaredIntegration?> ReadAsync(YamlNode node, string key, string path, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        if (Section.Of(node, key, problems, Keys) is not { } section)
        {
            return null;
        }

        var name = section.Needed("name", "The integration needs a name.").Trim();
        var source = End(section, "source", ["connection", "stream", "read", "lookBack", "partitions"], problems);
        var destination = End(section, "destination", ["connection", "stream", "write", "keys", "create"], problems);
        var (paused, reason) = Pause(section);
        return new DeclaredIntegration(
            key, Slug(section, name), name, Place(source), source?.Choice("read", ReadMode.Full) ?? ReadMode.Full, Place(destination),
            destination?.Choice("write", WriteMode.Upsert) ?? WriteMode.Upsert, destination?.Words("keys") ?? [], destination?.Flag("create") ?? false, Schedule(section, "schedule"),
            section.Choice("overlap", OverlapRule.Queue), paused, reason, await MappingAsync(section, path, problems, cancellationToken))
        {
            OrderKey = section.Text("order")?.Trim() ?? "",
            LookBack = source?.Text("lookBack")?.Trim() ?? "", Partitions = source?.Number("partitions", 1, PartitionRules.Most) ?? 1, Deletes = Deletes(section),
            OnArrival = section.Flag("onArrival") ?? false, BatchBreaker = section.Flag("batchBreaker") ?? true, Reconcile = Schedule(section, "reconcile"), Objective = ObjectiveReading.Read(section),
        };
    }

    private static string Slug(Section section, string name)
    {
        if (section.Text("slug") is not { } slug)
        {
            return TenantRules.SlugOf(name) is { Length: > 0 } made ? made : "integration";
        }

        if (slug.Length == 0 || TenantRules.SlugOf(slug) != slug)
        {
            section.Refuse("slug", "At most 40 lower-case letters, digits and dashes are expected here, such as orders-to-warehouse.");
        }

        return slug;
    }

    private static Section? End(Section section, string name, string[] known, DeclarationProblems problems)
    {
        if (!section.Has(name))
        {
            problems.Add(section.Key, $"The key {name} is missing: {name}: {{ connection: …, stream: … }}.");
        }

        return section.Below(name, known);
    }

    private static DeclaredEnd Place(Section? end) => end is null ? new DeclaredEnd("", "")
        : new DeclaredEnd(end.Needed("connection", "The name of a connection is needed.").Trim(), end.Needed("stream", "The name of a stream is needed: the list of records in that system.").Trim());

    private static Schedule Schedule(Section section, string name)
    {
        switch (section.Node(name))
        {
            case null or YamlScalarNode { Text: "manual" }:
                return Sync.Schedules.Schedule.Manual;
            case YamlMap { Members.Count: 1 } when section.Below(name, ["everyMinutes", "cron"]) is { } below && (below.Has("everyMinutes") || below.Has("cron")):
                return below.Has("cron")
                    ? new Schedule(ScheduleKind.Cron, Expression: below.Needed("cron", "The five fields of crontab are expected here."))
                    : new Schedule(ScheduleKind.Interval, Minutes: below.Number("everyMinutes", 1, Sync.Schedules.Schedule.LongestMinutes) ?? 1);
            case YamlMap { Members.Count: 1 }:
                return Sync.Schedules.Schedule.Manual;
            default:
                section.Refuse(name, "Expected here: manual, { everyMinutes: 15 } or { cron: \"30 6 * * 1-5\" }.");
                return Sync.Schedules.Schedule.Manual;
        }
    }

    private static DeleteRules Deletes(Section section)
    {
        if (section.Below("deletes", ["policy", "signal", "tombstone", "stream", "idPaths", "column", "share"]) is not { } below)
        {
            return DeleteRules.None;
        }

        return new DeleteRules(below.Choice("policy", DeletePolicy.Ignore))
        {
            Signal = below.Choice("signal", DeleteSignal.Tombstone), Tombstone = below.Text("tombstone") ?? "", Stream = below.Text("stream")?.Trim() ?? "",
            IdPaths = below.Text("idPaths") ?? "", Column = below.Text("column")?.Trim() ?? DeleteRules.UsualColumn, Share = below.Number("share", 0, 100) ?? DeleteRules.UsualShare,
        };
    }

    private static (bool? Paused, string? Reason) Pause(Section section) => section.Node("paused") switch
    {
        YamlScalarNode { IsQuoted: false, Text: "true" or "false" } => (section.Flag("paused"), null),
        YamlScalarNode { Text: var reason } when reason.Trim().Length is > 0 and <= 500 => (true, reason.Trim()),
        null => (null, null),
        _ => (RefusePause(section), null),
    };

    private static bool? RefusePause(Section section)
    {
        section.Refuse("paused", "true, false or a reason of at most 500 characters is expected here.");
        return null;
    }

    private static async Task<DeclaredMapping?> MappingAsync(Section section, string path, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        switch (section.Node("mapping"))
        {
            case null:
                return null;
            case YamlMap { Members: [("file", _, YamlScalarNode { Text.Length: > 0 } file)] }:
                return await FromFileAsync(section, path, file.Text, problems, cancellationToken);
            case { } node:
                var reading = MappingText.Read(node);
                if (reading.Problem is { } problem)
                {
                    problems.Stands($"{section.At("mapping")}.{problem.Key}", problem.Line);
                    problems.Add($"{section.At("mapping")}{(problem.Key.Length > 0 ? $".{problem.Key}" : "")}", problem.Sentence);
                }

                return reading.Document is { } document ? new DeclaredMapping(Path.GetFileName(path), section.At("mapping"), document, reading.Lines) : null;
        }
    }

    private static async Task<DeclaredMapping?> FromFileAsync(Section section, string path, string file, DeclarationProblems problems, CancellationToken cancellationToken)
    {
        var (text, unreadable) = await DeclarationText.ReadAsync(DeclarationText.Beside(path, file), cancellationToken);
        if (unreadable is not null)
        {
            section.Refuse("mapping", unreadable);
            return null;
        }

        var reading = MappingText.Read(text);
        if (reading.Problem is { } problem)
        {
            problems.Add(file, problem.Line, problem.Key, problem.Sentence);
        }

        return reading.Document is { } document ? new DeclaredMapping(file, "", document, reading.Lines) : null;
    }
}
