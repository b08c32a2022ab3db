import java.io.FileReader;
import java.util.Properties;
import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.runtime.TckRuntime;

/**
 * Runs an official kit over its public interface and says what came of it, for the kit's own main always ends well:
 * {@code java -cp 'lib/*' Run.java PROPERTIES PACKAGE...}.
 */
public class Run {
    public static void main(String[] args) throws Exception {
        var settings = new Properties();
        try (var file = new FileReader(args[0])) {
            settings.load(file);
        }
        var kit = TckRuntime.Builder.newInstance().monitor(new ConsoleMonitor(false, false));
        java.util.Arrays.stream(args).skip(1).forEach(kit::addPackage);
        settings.stringPropertyNames().forEach(name -> kit.property(name, settings.getProperty(name)));
        var summary = kit.build().execute();
        summary.getFailures().forEach(failure -> {
            var reason = String.valueOf(failure.getException()).lines().findFirst().orElse("");
            System.out.println("RESULT failure\t" + failure.getTestIdentifier().getDisplayName() + "\t" + reason);
        });
        System.out.println("RESULT counts\t" + summary.getTestsFoundCount() + "\t" + summary.getTestsStartedCount()
            + "\t" + summary.getTestsSucceededCount());
        System.exit(0); // its server's threads would go on
    }
}
