using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Mappings.Pages;

public sealed partial class MappingPage
{
    private Task ChangeAgreement(MappingDocument document)
    {
        _taken = document;
        return TouchAsync();
    }

    private Task<string?> DraftFromSampleAsync() => Task.Run(() => (string?)SchemaInference.From(_sample!.Parsed()));

    private async Task<string?> DraftFromDestinationAsync()
    {
        string? draft = null;
        await ActAsync(Permission.Configure, "ask the destination for its fields", async _ =>
        {
            await DescribeAsync();
            if (_destination.Count == 0)
            {
                Toasts.Say($"The destination tells nothing of the fields of {Sync!.DestinationStream}: paste a schema, or import one.", Tone.Warn);
                return;
            }

            draft = DestinationSchema.Draft(_destination, Document.Fields, Sync!.WriteMode);
        });
        return draft;
    }
}
