using System.Text;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Mappings.Plan;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>One side of the agreement: its schema as text, where it comes from, and what it says of the samples while it is typed.</summary>
public sealed partial class SchemaEditor(IJSRuntime browser) : ComponentBase, IDisposable
{
    private const long MostFileBytes = 1_000_000;

    private const int MostListed = 12;

    private static readonly IReadOnlyList<(string, string)> Rules =
        [(nameof(MisfitRule.Reject), "is set aside as a dead letter"), (nameof(MisfitRule.Note), "goes on, and the run's log says how many did")];

    private readonly CancellationTokenSource _leaving = new();
    private FieldDrift _drift = FieldDrift.None;
    private (string Schema, StreamSample? Sample) _compared = ("", null);
    private string? _before;
    private string _problem = "";
    private int _imports;

    [Parameter, EditorRequired] public required SchemaSide Side { get; set; }

    [Parameter, EditorRequired] public required string Title { get; set; }

    [Parameter, EditorRequired] public required string Name { get; set; }

    /// <summary>What a download is called.</summary>
    [Parameter, EditorRequired] public required string FileName { get; set; }

    [Parameter, EditorRequired] public required string Schema { get; set; }

    [Parameter] public EventCallback<string> SchemaChanged { get; set; }

    [Parameter] public MisfitRule Misfit { get; set; }

    [Parameter] public EventCallback<MisfitRule> MisfitChanged { get; set; }

    /// <summary>What is wrong with the schema as it is written; null for nothing.</summary>
    [Parameter] public string? Error { get; set; }

    [Parameter] public SamplePreview? Previews { get; set; }

    /// <summary>The number of the record on the screen.</summary>
    [Parameter] public int Record { get; set; }

    [Parameter] public StreamSample? Sample { get; set; }

    [Parameter, EditorRequired] public required string DraftFrom { get; set; }

    /// <summary>Makes a schema to begin with; null where nothing can be made, which has been said then.</summary>
    [Parameter, EditorRequired] public required Func<Task<string?>> OnDraft { get; set; }

    /// <summary>Why none can be drafted; null where one can.</summary>
    [Parameter] public string? DraftDenied { get; set; }

    /// <summary>The role it takes, for somebody who may only look; null for those who may change it.</summary>
    [Parameter] public string? Denied { get; set; }

    private RecordPreview? Shown => Previews?.Records.ElementAtOrDefault(Record);

    private IReadOnlyList<SchemaMisfit> Misfits => [.. Shown?.Misfits.Where(misfit => misfit.Side == Side) ?? []];

    private SampleFit? Fit => Previews is { } previews ? SampleFit.Of(previews, Side) : null;

    /// <summary>How the samples stand to the schema, and the one on the screen where it is not held against it.</summary>
    private string? Verdict => (Fit, Shown) switch
    {
        (null, _) => Sample is { Records.Count: > 0 } ? null : "Read sample records to see whether they fit.",
        ({ Looked: 0 }, _) => Side is SchemaSide.Source ? "No sample record is held against it: the conditions leave all out." : "No sample record makes a whole row yet: correct the fields first.",
        ({ } fit, { } shown) when !SampleFit.Reaches(shown, Side) =>
            $"{fit.Fitting} of {fit.Looked} sample records fit. {(shown.Filtered ? "The conditions leave out the one on the screen." : "The one on the screen makes no whole row.")}",
        ({ } fit, _) => $"{fit.Fitting} of {fit.Looked} sample records fit.",
    };

    /// <summary>Compared anew only when one of the two is another one: other parts of the page change at every keystroke.</summary>
    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(_compared.Schema, Schema) || _compared.Sample != Sample)
        {
            _compared = (Schema, Sample);
            _drift = Side is SchemaSide.Source && Sample is { Records.Count: > 0 } sample ? FieldDrift.Of(Schema, sample.Records) : FieldDrift.None;
        }
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private Task TypeAsync(string text)
    {
        (_before, _problem) = (null, "");
        return SchemaChanged.InvokeAsync(text.Trim().Length > 0 ? text : "");
    }

    private async Task DraftAsync()
    {
        if (await OnDraft() is { } draft)
        {
            await ReplaceAsync(draft);
        }
    }

    /// <summary>What somebody wrote is not lost to a button.</summary>
    private Task ReplaceAsync(string text)
    {
        (_before, _problem) = (Schema.Length > 0 && Schema != text ? Schema : null, "");
        return SchemaChanged.InvokeAsync(text);
    }

    private Task BackAsync()
    {
        var before = _before!;
        _before = null;
        return SchemaChanged.InvokeAsync(before);
    }

    private async Task ImportAsync(InputFileChangeEventArgs change)
    {
        // Another element for the next choice: the same file, corrected, can be chosen again.
        _imports++;
        var file = change.File;
        if (file.Size > MostFileBytes)
        {
            _problem = $"{file.Name} was not imported: it is larger than 1 MB.";
            return;
        }

        try
        {
            await using var content = file.OpenReadStream(MostFileBytes, _leaving.Token);
            using var reader = new StreamReader(content, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var text = await reader.ReadToEndAsync(_leaving.Token);
            var problem = text.Trim().Length == 0 ? "it is empty." : AgreedSchema.ProblemWith(text);
            if (problem is null)
            {
                await ReplaceAsync(text);
                return;
            }

            _problem = $"{file.Name} was not imported: {problem}";
        }
        catch (DecoderFallbackException)
        {
            _problem = $"{file.Name} was not imported: it is not text in UTF-8.";
        }
        catch (IOException unreadable)
        {
            _problem = $"{file.Name} was not imported: {unreadable.Message}";
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
    }

    private async Task DownloadAsync()
    {
        using var content = new DotNetStreamReference(new MemoryStream(Encoding.UTF8.GetBytes(Schema)));
        await browser.InvokeVoidAsync("shell.download", FileName, content);
    }

    private static string Listed(IReadOnlyList<string> names) =>
        names.Count > MostListed ? $"{string.Join(", ", names.Take(MostListed))} and {names.Count - MostListed} more" : string.Join(", ", names);

    private string Id(string part) => $"{(Side is SchemaSide.Source ? "input" : "output")}-schema-{part}";
}
